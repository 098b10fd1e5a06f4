/*
 * A kernel that is none (a mistyped name, a download that failed) makes a sound
 * image that starts nowhere.  A menu of somebody's own may be meant for what
 * comes later, so that is only told, like what its entry loses.
 */
#include "tools/image/start_check.h"

#include <stdio.h>

#include "loader/base/err.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/progress.h"
#include "tools/report.h"

/* WHY: of the first path that was asked for. */
static bool starts(const struct recipe *r, struct blk *disk, char why[256])
{
	static struct hostboot hb;
	bool ok = false;

	for (unsigned i = 0; !ok && i < PATH_COUNT; i++) {
		if (!(r->boot & 1u << i))
			continue;
		hb = (struct hostboot){ 0 };
		hostboot_run(&hb, disk, &hostboot_paths[i]);
		ok = hb.ok;
		if (ok && hb.remark[0])
			report_note("it starts, but %s", hb.remark);
		if (!why[0])
			snprintf(why, 256, "%s", hb.why);
		hostboot_release(&hb);
	}
	return ok;
}

int start_check(const struct build *b, int fd)
{
	const struct recipe *r = &b->r;
	struct hostdisk disk;
	char why[256] = "";

	progress_say("trying", 0, 0);
	if (!r->boot || hostdisk_attach(&disk, "hd0", fd, r->sector) ||
	    starts(r, &disk.blk, why)) {
		err_clear();
		return 0;
	}
	if (r->kernel && !r->menu)
		return report_error("%s: no boot path can start it: %s",
				    r->kernel, why);
	report_note("no boot path can start this image by itself: %s", why);
	return 0;
}
