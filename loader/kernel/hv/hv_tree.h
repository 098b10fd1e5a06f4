/*
 * What twinboot.efi tells hv.efi: a device tree as in docs/hv-config.md, in the
 * configuration table HV_TREE_GUID.  What it names is in its memory
 * reservation block (Devicetree Specification 0.4, 5.3).
 */
#ifndef LOADER_KERNEL_HV_HV_TREE_H
#define LOADER_KERNEL_HV_HV_TREE_H

#include <stddef.h>
#include <stdint.h>

#define HV_TREE_GUID { 0xf1484511, 0x2d3a, 0x4c71, \
	{ 0xa0, 0x25, 0x20, 0xf2, 0x8c, 0x45, 0x4b, 0x31 } }

#define HV_TREE_MAX 16384	/* bytes; it lies as far below 4 GiB */
#define HV_TREE_ARGS 1024	/* of the kernel's arguments with their NUL */

struct hv_tree {
	const char *hv_args;	/* the hypervisor's own: "vbd=xvda1:hd0" */
	const char *args;	/* the kernel's */
	/* Where they lie; INITRD_SIZE 0: there is none. */
	uint64_t kernel, kernel_size, initrd, initrd_size;
};

/*
 * T into the HV_TREE_MAX bytes at BUF.  ERR_ARGUMENT: the arguments are too
 * long.  libfdt does it: on its stack, below it and by FS (docs/uefi.md).
 */
int hv_tree_write(const struct hv_tree *t, void *buf);

#endif
