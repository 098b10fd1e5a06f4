/*
 * What the hypervisor is asked to do, from the Multiboot command line or from
 * a device tree (docs/hv-config.md).  Pure: no hardware.
 */
#ifndef PVBOOT_HV_CONFIG_H
#define PVBOOT_HV_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CONFIG_VBDS = 16,
	CONFIG_VIFS = 8,
	CONFIG_MMIOS = 16,
	CONFIG_VCPUS = 16,
	CONFIG_ARGS = 1024,
	CONFIG_NAME = 16
};


/* A device of the guest's, and what is behind it. */
struct config_vbd {
	char name[CONFIG_NAME];	/* "xvda1" */
	bool module;		/* UNIT is a module's number, not a disk's */
	unsigned unit;		/* hdUNIT */
	int part;		/* GRUB's number; -1: all of it */
	bool read_only;
};

/* A network device of the guest's. */
struct config_vif {
	unsigned unit;		/* netUNIT is behind it */
	bool has_mac;		/* else the card's own address */
	uint8_t mac[6];
};

struct hv_config {
	uint64_t memory;	/* bytes for the guest; 0: all there is */
	unsigned vcpus;		/* 0: as many as there are processors */
	unsigned console;	/* bits TTY_* of tty.h; 0: not said */
	unsigned n_vbds;	/* 0: whole disks in firmware order */
	struct config_vbd vbd[CONFIG_VBDS];
	bool no_vifs;		/* none at all */
	unsigned n_vifs;	/* 0: all cards, in PCI order */
	struct config_vif vif[CONFIG_VIFS];
	/* Virtio devices that are not on PCI. */
	unsigned n_mmios;
	struct config_mmio {
		uint64_t base;
		unsigned line;
	} mmio[CONFIG_MMIOS];
	/*
	 * Module numbers, -1: none.  Without a device tree the first module
	 * not used otherwise is the kernel, the second the ramdisk.
	 */
	int kernel, ramdisk;
	bool has_args;		/* ARGS were given, not the module's string */
	char args[CONFIG_ARGS];
};

void config_default(struct hv_config *c);

/*
 * "mem=256M vbd=xvda1:hd0,1 console=com1" into C.  Words that are not known
 * are an error: ERR_ARGUMENT, with a message.
 */
int config_cmdline(struct hv_config *c, const char *cmdline);

/* Does module MODULE serve as a disk? */
bool config_is_disk(const struct hv_config *c, unsigned module);

#endif
