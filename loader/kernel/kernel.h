/*
 * Kernel formats.  Each looks at a file and says, in a handover, what must be
 * where for it to run.  None reads more than headers, none jumps.
 */
#ifndef LOADER_KERNEL_KERNEL_H
#define LOADER_KERNEL_KERNEL_H

#include "loader/base/arena.h"
#include "loader/base/span.h"
#include "loader/handover.h"

#define BOOT_MODULES 16
#define KERNEL_HEAD 8192

struct boot_module {
	const char *path;	/* for messages and the boot record */
	const char *args;
	struct file file;
	bool as_it_is;		/* `modulenounzip' */
};

struct platform;

/* An entry of menu.lst with its files opened. */
struct boot_entry {
	const char *title;
	const char *kernel_path;
	struct file kernel;
	const char *args;	/* the kernel's command line, "" if none */
	bool chain;		/* `chainloader', not `kernel' */
	bool force;		/* boot sectors: also without a signature */
	bool cut;		/* a line of it was too long to be read whole */
	bool pv;		/* marked: to be a Xen PV guest */
	/* `uppermem', KiB above 1 MiB; 0: what there is. */
	uint32_t upper_kib;
	bool no_mem_option;	/* `kernel --no-mem-option' */
	/* From `initrd`, not `module`: which to a Linux kernel is the same. */
	bool initrd_given;
	unsigned n_modules;
	struct boot_module module[BOOT_MODULES];
	/* The device that `root` has set: hdN, and GRUB's partition or -1. */
	uint32_t root_disk;
	int32_t root_part;
	const struct platform *platform; /* that unpacks; NULL: nobody does */
	unsigned n_maps;	/* `map' */
	struct drive_map map[DRIVE_MAPS];
	/* hv.elf, when a kernel needs it, and its arguments; NULL: unwanted. */
	int (*open_hv)(void *ctx, struct file *out);
	void *open_hv_ctx;
	const char *hv_args;
};

/* Which commands a format is for. */
enum { BY_KERNEL = 1, BY_CHAINLOADER = 2 };

struct kernel_format {
	const char *name;	/* "linux", "xenpv", "multiboot" */
	/* HEAD: the file's first KERNEL_HEAD bytes, fewer if it is shorter. */
	bool (*probe)(struct span head);
	/*
	 * MAP says where memory is free.  What the handover points to comes
	 * from ARENA, or is E's: E must live as long as the handover.
	 * ERR_NOTMINE: not this format after all, nothing is in HO.
	 * ERR_EXEC_FORMAT, ERR_NO_MEMORY, ERR_READ, ...
	 */
	int (*load)(struct boot_entry *e, const struct memmap *map,
		    struct arena *arena, struct handover *ho);
	unsigned by;		/* BY_KERNEL, BY_CHAINLOADER */
};

/*
 * Find the format in FORMATS (NULL at the end) that knows E's kernel and let
 * it fill HO; a gzip'd kernel that none knows is unpacked first.
 * ERR_EXEC_FORMAT names the kernel when none does; ERR_COMMAND when nothing can
 * be chainloaded.
 */
int kernel_load(const struct kernel_format *const *formats,
		struct boot_entry *e, const struct memmap *map,
		struct arena *arena, struct handover *ho);

#endif
