/*
 * UUIDs and labels are libblkid's business: it looks at the whole disk and at
 * each partition.
 */
#include "tools/host/disk/rootdev.h"

#include <blkid/blkid.h>
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "loader/base/number.h"
#include "tools/host/disk/guid.h"

void rootdev_word(const char *cmdline, char root[128])
{
	const char *last = "";

	for (const char *s = cmdline; (s = strstr(s, "root=")); s += 5)
		if (s == cmdline || s[-1] == ' ')
			last = s + 5;
	snprintf(root, 128, "%.*s", (int)strcspn(last, " "), last);
}

int rootdev_part(const char *device)
{
	const char *name = strncmp(device, "/dev/", 5) ? device : device + 5;
	size_t len = strlen(name), digits = len;
	uint64_t part;

	while (digits && isdigit((unsigned char)name[digits - 1]))
		digits--;
	if (digits == len)
		return ROOTDEV_WHOLE;
	/* nvme0n1 and mmcblk0 are disks, their partitions have a p between. */
	if (!strncmp(name, "nvme", 4) || !strncmp(name, "mmcblk", 6)) {
		if (digits < 2 || name[digits - 1] != 'p')
			return ROOTDEV_WHOLE;
	}
	return number_whole(name + digits, INT_MAX, &part) ? ROOTDEV_UNKNOWN :
		(int)part;
}

/* Whether what lies at OFF says that its TAG ("UUID") is VALUE. */
static bool has_tag(int fd, uint64_t off, uint64_t size, const char *tag,
		    const char *value)
{
	blkid_probe probe = blkid_new_probe();
	const char *got = NULL;
	bool found;

	if (!probe)
		abort();
	blkid_probe_enable_superblocks(probe, 1);
	found = !blkid_probe_set_device(probe, fd, (blkid_loff_t)off,
					(blkid_loff_t)size) &&
		!blkid_do_safeprobe(probe) &&
		!blkid_probe_lookup_value(probe, tag, &got, NULL) &&
		!strcasecmp(got, value);
	blkid_free_probe(probe);
	return found;
}

static int find_tag(const char *tag, const char *value, int fd,
		    const struct part_list *parts, uint32_t sector)
{
	char guid[37];

	if (!parts->n)
		return has_tag(fd, 0, 0, tag, value) ? ROOTDEV_WHOLE :
						       ROOTDEV_UNKNOWN;
	for (unsigned i = 0; i < parts->n; i++) {
		const struct part *p = &parts->part[i];

		guid_text(p->guid, guid);
		if (strcmp(tag, "PARTUUID") ?
		    has_tag(fd, p->first * sector, p->count * sector, tag,
			    value) : !strcasecmp(guid, value))
			return (int)p->number + 1;
	}
	return ROOTDEV_UNKNOWN;
}

int rootdev_find(const char *cmdline, int fd, const struct part_list *parts,
		 uint32_t sector)
{
	static const char *const tags[] = { "UUID", "LABEL", "PARTUUID" };
	char value[128];

	rootdev_word(cmdline, value);
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		size_t len = strlen(tags[i]);

		if (!strncmp(value, tags[i], len) && value[len] == '=')
			return find_tag(tags[i], value + len + 1, fd, parts,
					sector);
	}
	if (strncmp(value, "/dev/", 5))
		return ROOTDEV_UNKNOWN;
	/* Without a table the disk is all there is, whatever it is called. */
	return parts->n ? rootdev_part(value) : ROOTDEV_WHOLE;
}
