/*
 * The loader itself is asked, by running it; entries beside the default one are
 * only looked at for their mark.
 */
#include "tools/image/hv_need.h"

#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/settings.h"
#include "tools/host/hostboot.h"
#include "tools/host/hostdisk.h"
#include "tools/image/boot_install.h"
#include "tools/report.h"

static bool default_needs(struct blk *disk)
{
	static struct hostboot hb;
	const char *format = NULL;
	bool needs;

	hb = (struct hostboot){ 0 };
	hostboot_run(&hb, disk, &hostboot_hv);
	if (hb.ok)
		json_unpack(hb.handover, "{ss}", "format", &format);
	needs = format && !strcmp(format, "hv");
	hostboot_release(&hb);
	return needs;
}

static bool is_marked(struct blk *disk)
{
	struct hostboot_menu menu;
	bool marked = !hostboot_menu(&menu, disk);

	if (marked) {
		marked = menu.marked;
		free(menu.text);
	}
	return marked;
}

static void pass_over(void *ctx, const char *line)
{
}

/* They are not on the image yet. */
static bool settings_ask(const char *text)
{
	struct settings s;

	settings_parse(&s, text, pass_over, NULL);
	return s.pv == SETTINGS_PV_ALWAYS;
}

int hv_need(const struct build *b, int fd, const char *name, char **path)
{
	struct hostdisk disk;
	bool needed = b->r.hv || (b->settings && settings_ask(b->settings));

	if (!needed && b->has_menu &&
	    !hostdisk_attach(&disk, "hd0", fd, b->r.sector))
		needed = is_marked(&disk.blk) || default_needs(&disk.blk);
	err_clear();
	*path = needed ? boot_install_find(&b->r, name) : NULL;
	if (b->r.hv && !*path)
		return report_error("--hv: %s is not there", name);
	return 0;
}
