/*
 * What an image is to be: the options of `twinboot build`, which are also the
 * keys of a recipe file.  An option on the command line wins over the recipe.
 */
#ifndef TOOLS_IMAGE_RECIPE_RECIPE_H
#define TOOLS_IMAGE_RECIPE_RECIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/disk/part.h"
#include "loader/paths.h"
#include "tools/image/recipe/format_name.h"
#include "tools/options.h"

enum recipe_fs { FS_EXT2, FS_EXT3, FS_EXT4, FS_FAT32 };

/* Boot paths an image can carry: bits of recipe.boot. */
enum {
	BOOT_BIOS = 1 << PATH_BIOS, BOOT_UEFI = 1 << PATH_UEFI,
	BOOT_PV = 1 << PATH_PV
};

enum recipe_part_kind { PARTITION_FS, PARTITION_SWAP, PARTITION_EMPTY };

#define RECIPE_PARTS 8		/* beside the root; numbers 2 to 9 */
#define RECIPE_ROOT_NUMBER 1u
#define RECIPE_BIOS_NUMBER 14u
#define RECIPE_ESP_NUMBER 15u

/* --partition; NULL where nothing was said. */
struct recipe_said {
	unsigned number;
	const char *name, *type, *uuid, *fs_uuid;
	bool has_flags;
	uint64_t flags;		/* GPT's attributes; of an MBR 1: active */
	char *text;		/* where those are */
};

struct recipe_part {
	enum recipe_part_kind kind;
	enum recipe_fs fs;
	uint64_t size;		/* bytes; 0: as needed */
	const char *label, *dir;	/* "" and NULL: none */
	char *text;		/* where those are */
};

struct recipe {
	enum part_table table;
	enum recipe_fs fs;
	uint64_t size;		/* of the image, bytes; 0: as large as needed */
	uint32_t sector;	/* 512 or 4096 */
	uint32_t inode_size;	/* 128 or 256 */
	const char **root, **exclude, **file;	/* each ends with NULL */
	bool owner_root;	/* all of the roots belongs to root */
	bool minimize;
	bool kernel_hooks;	/* images/zz-twinboot goes in */
	bool hv;		/* the hypervisor too, needed or not */
	uint64_t esp_size;	/* bytes */
	const char **esp_file;	/* as FILE, for the ESP */
	bool discoverable;	/* the root's type says which machine's it is */
	bool pmbr_active;	/* some BIOSes want an active entry */
	struct recipe_part part[RECIPE_PARTS];
	unsigned n_parts;
	struct recipe_said said[RECIPE_PARTS + 3];
	unsigned n_said;
	const char *disk_uuid;	/* or NULL; an MBR's is 8 digits */
	const char *kernel, *initrd, *append, *menu;
	const char *settings;	/* a file, or NULL */
	const char *uuid;	/* of the root file system; NULL: from inputs */
	const char *label;
	unsigned boot;		/* BOOT_* */
	bool boot_asked;	/* boot was given, not the default */
	const char *boot_dir;	/* where mbr.bin and the others are, or NULL */
	const char *output;	/* "-": standard output */
	enum image_format format;
	bool compress;
	const char *bmap, *manifest, *sbom;	/* files to write, or NULL */
	bool json;
	struct build_options *options;	/* where the strings are */
};

/*
 * The command line by TABLE, build's or verify's.  0; 1 when --help was shown;
 * -1 or BUILD_UNREADABLE with an error reported.
 */
int recipe_parse(struct recipe *r, const struct options *table, int argc,
		 char **argv);

void recipe_free(struct recipe *r);

/* "bios" for BOOT_BIOS ... */
const char *recipe_boot_name(unsigned bit);

#endif
