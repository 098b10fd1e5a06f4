/*
 * Whether a menu entry's kernel can drive a kind of machine by itself, and what
 * to do where it cannot.
 */
#ifndef TOOLS_HOST_DRIVERS_VERDICT_H
#define TOOLS_HOST_DRIVERS_VERDICT_H

#include <jansson.h>
#include <stdbool.h>

#include "loader/disk/blk.h"
#include "loader/disk/part.h"
#include "tools/host/drivers/profile.h"

#define VERDICT_ENTRIES 24u

enum advice { ADVICE_NATIVE, ADVICE_PV, ADVICE_NEITHER, ADVICE_UNKNOWN };

/* "native", "pv", "neither", "unknown" */
extern const char *const advice_names[];

enum driven { DRIVEN_NO, DRIVEN_UNKNOWN, DRIVEN_YES };

/* What is known of an entry before any machine is. */
struct verdict_entry {
	bool native;		/* a Linux kernel that needs no Xen */
	bool pv;		/* it can be a PV guest */
	bool initrd;
	bool table;		/* the disk has partitions */
	char *drivers;		/* as modules_found() gives them */
	bool builtins;		/* what is built in is among them */
	char *late;		/* the same, of the root file system: in time */
	bool late_builtins;	/* for a network card */
	char root[128];		/* the last root=, or "" */
	char vdev[16];		/* of the settings: a PV guest's disk, or "" */
};

struct verdict {
	enum advice advice;
	const char *disk, *driver;	/* what the machine has, and wants */
	enum driven has;		/* the driver, built in or in initrd */
	bool root_named;		/* root= means something there */
	const char *nic, *nic_driver;	/* the same of a card; NULL: no card */
	enum driven has_nic;		/* that driver, anywhere */
	char text[256];			/* the advice, for people */
};

/* Of E on the machine P. */
void verdict_judge(struct verdict *v, const struct verdict_entry *e,
		   const struct profile *p);

/*
 * Each menu entry of DISK, open as FD, that starts a Linux kernel, on every
 * profile: an array with an object for each, of the first VERDICT_ENTRIES.
 */
json_t *verdict_json(struct blk *disk, int fd, const struct part_list *parts,
		     unsigned mem_mb);

#endif
