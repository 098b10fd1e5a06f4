/*
 * What QEMU is told: the machine of each boot path and the disks it can have.
 * A new boot path is a row of the table in path.c.
 */
#ifndef TOOLS_VM_PATH_H
#define TOOLS_VM_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/host/disk/image.h"
#include "tools/vm/extra.h"

#define VM_ARGS 192
#define PATH_GUEST_CPUS 16u	/* of a guest of our hypervisor */
#define VM_MORE_MAX 64	/* of somebody else's arguments */

/* A command line being put together; what it points to lives for ever. */
struct vm_args {
	unsigned n;
	const char *arg[VM_ARGS + 1];	/* NULL at the end */
	unsigned n_fds, n_firmware;
	int fd[4];		/* open files that it names, for QEMU only */
	const char *firmware[4]; /* files that run before the image's own */
};

struct vm_config {
	const char *image;	/* its name, for people */
	const char *file;	/* what QEMU opens as the disk */
	const char *format;	/* QEMU's driver for that; NULL: raw */
	bool is_device;		/* the file is a block device */
	int fd;			/* the bytes of the disk, for us to read */
	const struct vm_path *path;
	const struct vm_disk *disk;	/* NULL: the path's usual one */
	const char *machine;	/* QEMU's; NULL: the path's usual one */
	const char *cpu;	/* NULL: qemu64 */
	unsigned mem_mb;	/* 0: EXPECTED_MEM_MB */
	const char *vdev;	/* the disk's name for a PV guest; NULL: xvda */
	bool icount;		/* count instructions as time */
	bool write;		/* let the guest change the image */
	unsigned reboots;	/* it may reboot so often and goes on */
	uint32_t sector;	/* of the image: 512 or 4096 */
	struct vm_extra extra;
	const char *const *more;	/* arguments for QEMU, at the end */
	unsigned n_more;
};

struct vm_path {
	const char *name;	/* as --path has it */
	const char *what;	/* one line for --help */
	const char *disk;	/* the disk to take when none is asked for */
	/* The machine and firmware.  0, or -1 with an error reported. */
	int (*machine)(struct vm_args *a, const struct vm_config *c);
	bool uefi;		/* the firmware is OVMF, else SeaBIOS */
	bool kernel;		/* QEMU starts a kernel itself, not a disk */
	bool pv;		/* the image's kernel runs as a Xen PV guest */
	bool hv;	/* the image's stage starts our hypervisor */
	bool dom0;		/* the machine's cards are another domain's */
	/* What this host lacks for it, for people; NULL: nothing. */
	const char *(*missing)(void);
};

struct vm_disk {
	const char *name;	/* as --disk has it */
	const char *args[5];	/* QEMU's, for the drive hd0; NULL at the end */
	bool takes_4k;		/* can have sectors of 4096 bytes */
};

/* By name; NULL when there is none. */
const struct vm_path *path_find(const char *name);
const struct vm_disk *path_disk(const char *name);

/* All of them, NULL after the last; and the names alone. */
const struct vm_path *path_nth(unsigned i);
const char *path_name(unsigned i);
const char *path_disk_name(unsigned i);

/* -machine USUAL, or what C asks for instead. */
void path_machine(struct vm_args *a, const struct vm_config *c,
		    const char *usual);

void path_add(struct vm_args *a, const char *arg);
void path_firmware(struct vm_args *a, const char *file);
void path_addf(struct vm_args *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * NAME, for QEMU's Multiboot loader: it makes a command line that begins with
 * the name, which ends at a blank.  A file with one in its name is given open.
 */
const char *path_word(struct vm_args *a, const char *name);
/* S as a value in QEMU's options, which end at a comma; malloc'd. */
char *path_value(const char *s);

/*
 * IMG is C's disk; C's other members are set.  BY_NAME: by the name of its
 * file, even if it is not raw; what is compressed then is refused.  0, or -1
 * with an error reported.
 */
int path_take(struct vm_config *c, const struct image *img, bool by_name);

/*
 * "qemu-system-x86_64 ..." for C.  0, or -1 with an error reported.  When QEMU
 * has been started, the files that A names by number are closed.
 */
int path_command(struct vm_args *a, const struct vm_config *c);
void path_close(struct vm_args *a);

#endif
