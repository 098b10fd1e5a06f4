/*
 * The second part of stage 2: what most boots do without.  Loaded to
 * SECOND_ADDR, it begins with this table, the one thing the first part may
 * name.
 */
#ifndef MBR_BIOS_SECOND_H
#define MBR_BIOS_SECOND_H

#include "loader/hash.h"
#include "loader/kernel/kernel.h"
#include "loader/unpack/unpack.h"
#include "menu/extra.h"

struct bios_second {
	const struct kernel_format *const *formats;	/* to load by */
	const struct bios_facts *(*facts)(void);
	__typeof__(unpack_size) *unpack_size;
	__typeof__(unpack_gunzip) *gunzip;
	__typeof__(hash_file) *hash;
	const struct menu_extra *extra;
	int (*chain)(const struct handover *ho);
	int (*picture)(struct picture *p);
	int (*set_mode)(uint32_t mode);
	int (*open_hv)(const struct platform *p, struct file *out);
};

/*
 * Have it in memory.  ERR_READ, also when it is damaged; ERR_NO_MEMORY;
 * ERR_OUTSIDE_PARTITION.
 */
int bios_second_load(const struct platform *p, const struct bios_second **out);

/*
 * SIZE bytes of free memory for the file PATH, until the next
 * bios_update_memmap().  ERR_NO_MEMORY.
 */
int bios_second_take(struct memmap *m, const char *path, uint64_t size,
		     uint64_t *at);

/* hv.c, of the second part: hv.elf from beside it, as struct platform says. */
int bios_hv_open(const struct platform *p, struct file *out);

#endif
