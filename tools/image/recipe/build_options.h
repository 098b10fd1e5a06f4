/*
 * The options of `twinboot build`, which are also the keys of a recipe: one
 * table, and what was said for each.
 */
#ifndef TOOLS_IMAGE_RECIPE_BUILD_OPTIONS_H
#define TOOLS_IMAGE_RECIPE_BUILD_OPTIONS_H

#include <stdbool.h>

#include "tools/options.h"

/* Those before KEY_TABLE say what is written, others what the image is. */
enum {
	KEY_OUTPUT, KEY_BMAP, KEY_MANIFEST, KEY_SBOM,
	KEY_TABLE, KEY_SIZE, KEY_MINIMIZE, KEY_SECTOR, KEY_ROOT, KEY_EXCLUDE,
	KEY_FILES, KEY_OWNER, KEY_FS, KEY_KERNEL, KEY_INITRD, KEY_APPEND,
	KEY_MENU, KEY_BOOT, KEY_UUID, KEY_LABEL, KEY_BOOT_DIR, KEY_FORMAT,
	KEY_ESP_SIZE, KEY_ESP_FILE, KEY_SWAP, KEY_DATA, KEY_DISCOVERABLE,
	KEY_PMBR_ACTIVE, KEY_PARTITION, KEY_DISK_UUID, KEY_INODE_SIZE,
	KEY_COMPRESS, KEY_KERNEL_HOOKS, KEY_HV, KEY_SETTINGS, KEYS
};

/* PATHS: a file name comes first, ':' behind it ends it. */
enum build_kind {
	TEXT, FLAG, PATH, LIST = 4, TEXTS = TEXT | LIST, PATHS = PATH | LIST
};

/* By the numbers above; --json and --progress behind them are no keys. */
extern const struct options_row build_keys[KEYS + 2];
extern const enum build_kind build_kinds[KEYS];
extern const struct options build_options_table, build_options_verify;

struct build_options {
	/* What was given, a FLAG's is "yes"; NULL is behind the last. */
	const char **list[KEYS];
	const char *value[KEYS];	/* the last of them, or NULL */
	bool json;
};

/* One more value for KEY; it is copied. */
void build_options_add(struct build_options *o, int key, const char *value);

enum { BUILD_UNREADABLE = -2 };	/* an error, but not wrong usage */

/*
 * By TABLE, one of the two.  0; 1 when --help was shown; -1 or BUILD_UNREADABLE
 * (the recipe) with an error reported.
 */
int build_options_parse(struct build_options *o, const struct options *table,
			int argc, char **argv);

void build_options_free(struct build_options *o);

/*
 * What PATH and what it includes say, where O says nothing yet.  0, -1 or
 * BUILD_UNREADABLE.
 */
int build_options_recipe(struct build_options *o, const char *path);

#endif
