/* Machines that a boot may meet: kinds of hosts, past and present. */
#ifndef TOOLS_HOST_DRIVERS_PROFILE_H
#define TOOLS_HOST_DRIVERS_PROFILE_H

#include <stdbool.h>

struct profile {
	const char *name;
	const char *what;	/* what it stands for */
	const char *paths;	/* boot paths it exists for, " bios uefi " */
	const char *machine;	/* QEMU's; NULL: the path's own */
	const char *disk;	/* a name for path_disk(); NULL: the path's */
	const char *vdev;	/* the disk is a partition of this name */
	const char
		*drivers[3]; /* one of these is needed; NULL: not looked up */
	const char *nic;	/* a name for extra_nic(); NULL: no card */
};

/* By name, by number (NULL after the last), and whether P is for PATH. */
const struct profile *profile_find(const char *name);
const struct profile *profile_nth(unsigned i);
const char *profile_name(unsigned i);
bool profile_has(const struct profile *p, const char *path);

#endif
