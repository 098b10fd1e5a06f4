/*
 * Whether an entry's kernel is started by itself or as a guest of hv.elf: by
 * the settings and by the entry's mark.  hv.elf is looked for only when a
 * kernel needs it.
 */
#include "menu/guest.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"

/*
 * Beside our own code; else /boot/twinboot/hv.elf, or /twinboot/hv.elf where
 * /boot is a file system.
 */
static int open_hv(void *ctx, struct file *out)
{
	static const char name[] = "twinboot/hv.elf";
	struct runner *r = ctx;
	const char *dir = r->config->dir, *slash = strrchr(dir, '/');
	char path[LST_LINE_MAX + sizeof(name) + 1];
	int err = r->p->open_hv ? r->p->open_hv(r->p, out) : ERR_FILE_NOT_FOUND;

	if (err != ERR_FILE_NOT_FOUND)
		return err;
	fmt(path, sizeof(path), "%.*s/%s", slash ? (int)(slash - dir) : 0, dir,
	    name);
	return device_open(&r->mounts, r->config->root, path, out);
}

int guest_prepare(struct runner *r,
		  const struct kernel_format *const **formats)
{
	const struct settings *s = &r->config->settings;
	struct boot_entry *e = r->entry;

	*formats = r->p->formats;
	e->hv_args = s->guest;
	e->open_hv_ctx = r;
	e->open_hv = s->pv == SETTINGS_PV_NEVER ? NULL : open_hv;
	if (s->pv == SETTINGS_PV_NEVER ||
	    (s->pv == SETTINGS_PV_AUTO && !e->pv))
		return 0;
	*formats = r->p->pv_formats;
	return *formats ? 0 : fail(ERR_EXEC_FORMAT, "%s: this path cannot "
				   "start it as a PV guest", e->kernel_path);
}
