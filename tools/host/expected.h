/*
 * What an image promises: what the loader, run on the host, says its default
 * entry starts, and which drivers the kernel has.  A boot is held against it.
 */
#ifndef TOOLS_HOST_EXPECTED_H
#define TOOLS_HOST_EXPECTED_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/host/disk/bootcode.h"

/* Of machines whose memory nobody has an opinion on. */
#define EXPECTED_MEM_MB 512u

struct expected {
	unsigned mem_mb;	/* of the machine that is supposed */
	uint32_t sector;	/* bytes */
	bool partitions;	/* it has a partition table */
	bool cd;		/* it boots as a CD, and not as a disk */
	enum carried bios, uefi; /* what firmware would start */
	bool starts;		/* its default entry, on some path */
	bool direct;		/* QEMU can start its default entry itself */
	bool pv;		/* its default entry starts as a Xen PV guest */
	bool uefi_signed;	/* its loader carries a signature */
	bool probe_kernel;	/* its default entry starts a probe kernel */
	bool probe_init;	/* and its initrd has images/init */
	bool bios_hv, uefi_hv;	/* there its default entry is a PV guest */
	bool no_second;		/* bios: only stage 2's first part is whole */
	char bios_why[128], uefi_why[128], pv_why[256];	/* when not */
	/* Why our boot code refuses an entry that starts elsewhere, or "". */
	char bios_refuses[256], uefi_refuses[256];
	char why[256];		/* not direct: why */
	char initrd_why[128];	/* "": its initrd is whole, as far as known */
	char remark[128];	/* it starts with less than menu.lst says: "" */
	char menu_why[160];	/* "": all readers number menu.lst alike */
	char vdev[16];		/* a PV guest's name for the disk; "": usual */
	char card[18];		/* its network card; "": the machine's */
	int root_part;		/* of the command line, see rootdev.h */
	/* From here on: NULL when not known. */
	json_t *record;		/* the boot record that it asks for */
	char *release;		/* of the kernel */
	char *cmdline;
	char *initrd_sha256;	/* of what the loader hands over */
	char *modules; /* names, each between '\n', built-in ones too */
};

/* Of the disk FD, called IMAGE, on a machine of MEM_MB.  0, or -1 reported. */
int expected_read(struct expected *p, const char *image, int fd,
		  unsigned mem_mb);
void expected_release(struct expected *p);

/* Whether the kernel has one of NAMES (NULL at the end), or nobody knows. */
bool expected_has_driver(const struct expected *p, const char *const *names);

#endif
