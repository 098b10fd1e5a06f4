/*
 * The loader's way to the settings, on the host and without a word: what is
 * wrong with them the loader tells, or inspect.
 */
#include "tools/host/boot/hostconf.h"

#include <stdio.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/platform.h"
#include "menu/conf.h"
#include "tools/host/disk/hostdisk.h"

static void say_nothing(const char *s, size_t len)
{
}

void hostconf_read(struct settings *s, int fd, uint32_t sector)
{
	static uint8_t room[16 << 20];
	static struct config c;
	struct arena arena = { room, sizeof(room), 0 };
	struct hostdisk disk;
	struct blk *disks[1] = { &disk.blk };
	struct platform p = { .arena = &arena, .n_disks = 1, .disk = disks,
			      .write = say_nothing, .boot_part = -1 };
	struct mounts m = { .p = &p };

	*s = (struct settings){ 0 };
	c = (struct config){ .dir = "/boot/grub" };
	if (hostdisk_attach(&disk, "hd0", fd, sector) ||
	    config_search(&c, &m)) {
		err_clear();
		return;
	}
	conf_read(&c, &m);
	*s = c.settings;
	err_clear();
}

/* The first of what S says of the guest that begins so; NULL: none does. */
static const char *guest_word(const struct settings *s, const char *start)
{
	const char *word = s->guest;

	while (word && strncmp(word, start, strlen(start)))
		word = strchr(word, ' ') ? strchr(word, ' ') + 1 : NULL;
	return word;
}

bool hostconf_vdev(const struct settings *s, char name[16])
{
	const char *word = guest_word(s, "vbd="), *colon;

	colon = word ? strchr(word, ':') : NULL;
	if (!colon || strncmp(colon, ":hd0", 4) || colon - word - 4 > 15)
		return false;
	snprintf(name, 16, "%.*s", (int)(colon - word - 4), word + 4);
	if (colon[4] == ',' && colon[5] >= '0' && colon[5] <= '9')
		name[strcspn(name, "0123456789")] = 0;
	return true;
}

bool hostconf_card(const struct settings *s, char card[18])
{
	static const char mac[] = "vif=net0,mac=";
	const char *word = guest_word(s, mac);

	if (word)
		snprintf(card, 18, "%.17s", word + sizeof(mac) - 1);
	else if (guest_word(s, "vif=none"))
		strcpy(card, "none");
	else
		return false;
	return true;
}
