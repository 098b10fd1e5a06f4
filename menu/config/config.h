/*
 * The configuration: where menu.lst is looked for, and a file as a menu.
 */
#ifndef MENU_CONFIG_CONFIG_H
#define MENU_CONFIG_CONFIG_H

#include "loader/settings.h"
#include "menu/config/device.h"
#include "menu/config/lst.h"

#define CONFIG_MAX (4u << 20)	/* bytes of menu.lst that are read at most */

struct config {
	struct lst lst;
	struct file file;	/* that it is from */
	struct device root;	/* the file system it lies on */
	/* What the file "default" beside it says; -1: nothing for once. */
	int32_t saved, once;
	struct settings settings;	/* conf_read() of menu/conf.h */
	const char *settings_from;	/* where they are; NULL: nowhere */
	char name[64];		/* "(hd0,0)/boot/grub/menu.lst", cut */
	char dir[LST_LINE_MAX];	/* "/boot/grub"; so for a menu in memory */
};

/*
 * Look for menu.lst, then grub.conf: in /boot/grub and /grub of each partition
 * of hd0, in the order of their numbers; then in /boot/grub of the whole hd0.
 * (PV-GRUB 1.04 looks at the whole disk first and at four partitions.)
 * ERR_FILE_NOT_FOUND names the worst that was met on the way.
 */
int config_search(struct config *c, struct mounts *m);

/* Read NAME, "(hd0,0)/path" or "/path" on ROOT. */
int config_open(struct config *c, struct mounts *m, struct device root,
		const char *name);

/*
 * What the file "default" beside C says: 0 without it.  ONCE: for the next
 * start only, or -1.
 */
#define CONFIG_SAVED_SIZE 10u	/* bytes of it that count, as in GRUB */
void config_read_saved(const struct config *c, struct mounts *m,
		       int32_t *saved, int32_t *once);

/* The same of its TEXT, which is anybody's. */
void config_parse_saved(const char *text, int32_t *saved, int32_t *once);

/* F as the menu's text. */
int config_read(struct config *c, struct file *f, struct arena *arena);

/* Open FILE in the directory of the configuration.  Quiet: no error kept. */
int config_beside(const struct config *c, struct mounts *m, const char *file,
		  struct file *out);

#endif
