/*
 * The loader as a process: menu_main() on a disk image, with the platform
 * "host", whose last step notes what would have been started.
 */
#ifndef TOOLS_HOST_BOOT_HOSTBOOT_H
#define TOOLS_HOST_BOOT_HOSTBOOT_H

#include <jansson.h>
#include <stdbool.h>

#include "loader/disk/blk.h"
#include "loader/kernel/kernel.h"
#include "loader/paths.h"
#include "menu/config/config.h"

#define HOSTBOOT_MEM_MB 1024u	/* of the machine, when nobody says */

/* A way to boot, as far as it decides what can be started. */
struct hostboot_path {
	const char *name;
	const struct kernel_format *const *formats;	/* NULL at the end */
	unsigned modes;		/* as platform.modes */
	const struct kernel_format *const *pv_formats;	/* as platform's */
	bool first_only;	/* stage 2's second part is damaged */
	/* As struct platform's. */
	int (*open_hv)(const struct platform *p, struct file *out);
};

extern const struct hostboot_path hostboot_paths[PATH_COUNT];
extern const struct hostboot_path hostboot_bios_first;
/* What needs stage 2's second part and does not have it: ERR_READ. */
int hostboot_no_second(void);

/*
 * What any of them starts; a Linux kernel, by whatever entry; and any of them,
 * with a format "hv" for what our hypervisor would be needed for.
 */
extern const struct hostboot_path hostboot_any, hostboot_linux;

struct hostboot {
	/* Set by the caller: called with the handover, may be NULL. */
	void (*look)(void *ctx, const struct handover *ho);
	void *ctx;
	unsigned mem_mb;	/* of the machine; 0: HOSTBOOT_MEM_MB */
	struct file *menu;	/* in place of the disk's menu.lst, or NULL; */
	int32_t part;		/* then: where that is, as menu.part */
	bool ok;		/* a kernel would be started */
	char why[256];		/* !ok: what stopped it */
	char remark[128]; /* what it starts is not all that menu.lst says */
	json_t *handover; /* ok: kernel format, entry, command line, ... */
	char console[16384];	/* what the loader said */
	size_t console_len;
};

/*
 * Start from DISK as PATH does.  Every file is read as it would be for the
 * start.  Keys: one Enter for a menu that waits.  The result
 * is for hostboot_release.
 */
void hostboot_run(struct hostboot *hb, struct blk *disk,
		  const struct hostboot_path *path);
void hostboot_release(struct hostboot *hb);

/* Memory as the loader has on a large machine; ERR_NO_MEMORY. */
int hostboot_arena_open(struct arena *a);
void hostboot_arena_close(struct arena *a);

/* All of F in memory, malloc'd; NULL when it is too large or cannot be read. */
char *hostboot_slurp(struct file *f);

/* Where a file lies. */
struct hostboot_place {
	uint64_t offset;	/* bytes: where its file system begins */
	bool fat;		/* else it is ext2, ext3 or ext4 */
	char path[LST_LINE_MAX + 1];	/* "/boot/grub/menu.lst" */
};

/* F, which the loader opened as PATH ("(hd0,0)/x" or "/x"). */
void hostboot_place(struct hostboot_place *at, const struct file *f,
		    const char *path);

struct hostboot_menu {
	struct hostboot_place at;
	char *text;		/* its bytes, malloc'd */
	size_t len;
	uint32_t n_further;	/* entries that the settings add */
	uint32_t n_entries, n_dropped;	/* titles, and those without commands */
	uint32_t n_pvgrub;	/* entries that PV-GRUB would count */
	uint32_t first;		/* the entry that starts by itself */
	int32_t part;		/* GRUB's number of the partition, or -1 */
};

/*
 * The configuration that a start from DISK would read, into C and ARENA, with
 * the entries that its settings add.  0, or an error of config_search().
 */
int hostboot_config(struct config *c, struct blk *disk, struct arena *arena);

/*
 * The menu.lst that a start from DISK would read.  0, or an error of
 * config_search() with its message in err_text().
 */
int hostboot_menu(struct hostboot_menu *m, struct blk *disk);

#endif
