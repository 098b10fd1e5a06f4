/*
 * The device of a partition that root=PARTUUID= names: without udev nobody
 * else knows.  GPT: the partition's GUID; MBR: the disk's signature, "-" and
 * the number (Linux, block/early-lookup.c, says so for the command line).
 */
#include "images/probe/probe.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "loader/disk/part.h"
#include "tools/host/disk/hostdisk.h"

#define MBR_SIGNATURE 440

/* The first three fields of a GUID are little-endian (UEFI 2.10, A). */
static void guid_text(char *text, const uint8_t *g)
{
	static const uint8_t order[] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11,
					 12, 13, 14, 15 };

	for (unsigned i = 0; i < sizeof(order); i++)
		text += sprintf(text, "%s%02x", i == 4 || i == 6 || i == 8 ||
				i == 10 ? "-" : "", g[order[i]]);
}

static int print(const char *disk, unsigned number)
{
	size_t len = strlen(disk);

	printf("/dev/%s%s%u\n", disk, isdigit((unsigned char)disk[len - 1]) ?
	       "p" : "", number);
	return 1;
}

static int look_at(const char *name, struct blk *disk, const char *wanted)
{
	static struct part_list parts;
	uint8_t mbr[512];
	char text[40];

	if (part_read(disk, &parts) || blk_pread(disk, 0, sizeof(mbr), mbr))
		return 0;
	for (unsigned i = 0; i < parts.n; i++) {
		const struct part *p = &parts.part[i];

		if (parts.table == PART_GPT)
			guid_text(text, p->guid);
		else
			sprintf(text, "%02x%02x%02x%02x-%02x",
				mbr[MBR_SIGNATURE + 3], mbr[MBR_SIGNATURE + 2],
				mbr[MBR_SIGNATURE + 1], mbr[MBR_SIGNATURE],
				p->number + 1);
		if (!strcasecmp(text, wanted))
			return print(name, p->number + 1);
	}
	return 0;
}

static int try_disk(const char *name, const char *wanted)
{
	char path[300];
	struct hostdisk disk;
	int fd, sector = 512, found;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	ioctl(fd, BLKSSZGET, &sector);
	err_clear();
	found = !hostdisk_attach(&disk, "disk", fd, (uint32_t)sector) &&
		look_at(name, &disk.blk, wanted);
	close(fd);
	return found;
}

int find_partition(int n, char **args)
{
	static const char key[] = "PARTUUID=";
	DIR *d = opendir("/sys/block");
	struct dirent *e;
	int found = 0;

	if (!d || n != 1 || strncmp(args[0], key, sizeof(key) - 1))
		return 2;
	while (!found && (e = readdir(d)))
		if (e->d_name[0] != '.')
			found = try_disk(e->d_name, args[0] + sizeof(key) - 1);
	closedir(d);
	return !found;
}
