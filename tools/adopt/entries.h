/*
 * The entries of an image's menu.lst: which kernel each starts, whether it can
 * be a PV guest, and which drivers it has for that.
 */
#ifndef TOOLS_ADOPT_ENTRIES_H
#define TOOLS_ADOPT_ENTRIES_H

#include <stdbool.h>

#include "loader/disk/blk.h"
#include "loader/fs/fs.h"
#include "menu/config/lst.h"

#define ENTRIES_MAX 24		/* more are not looked at */

enum entries_known { ENTRIES_UNKNOWN, ENTRIES_NO, ENTRIES_YES };

struct entry {
	char title[128], kernel[256], args[1024];
	char why[256];		/* it cannot be a PV guest, "" when it can */
	char initrd_why[128];	/* what is wrong with its initrd, or "" */
	char release[80];	/* of the kernel, "" when not known */
	bool pv, bits32;
	bool xenlinux;		/* of before Linux' own PV support */
	bool bzimage;		/* firmware can start it, too */
	bool console;		/* it has no console=, or one that hv offers */
	bool initrd;
	/* Seen from the initrd, and for the network from /lib/modules, too. */
	enum entries_known blkfront, rootfs, netfront;
	char native[64];	/* disks that it drives: "virtio nvme", "" */
};

struct entries {
	char where[64];		/* "(hd0)/boot/grub/menu.lst" */
	unsigned n, first;	/* FIRST: the default */
	unsigned start;		/* what NEW starts by itself: chosen_pick() */
	/* What the menu tries in turn by itself: FIRST, then the fallbacks. */
	unsigned n_tried, tried[1 + LST_FALLBACKS];
	unsigned left_out;
	int part;		/* where menu.lst is, GRUB's number; -1: all */
	bool hd0;		/* some name (hd0), though there is a table */
	struct entry entry[ENTRIES_MAX];
};

/*
 * Those of DISK, the image NAME; BARE: it has no table, and each (hd0,N) means
 * all of it.  0, or -1 with an error reported: there is no menu.lst.
 */
int entries_read(struct entries *out, const char *name, struct blk *disk,
		 bool bare);

/*
 * Look for drivers in the initrds and in /lib/modules of ROOT, a file system
 * of the kind TYPE ("ext4").
 */
void entries_look(struct entries *out, struct blk *disk, bool bare,
		  struct fs *root, const char *type);

#endif
