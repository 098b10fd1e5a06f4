/* twinboot adopt: an image of a PV guest becomes one that boots everywhere. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <stdio.h>

#include "loader/base/number.h"
#include "tools/adopt/chosen.h"
#include "tools/adopt/new.h"
#include "tools/adopt/tell.h"
#include "tools/adopt/xl.h"
#include "tools/commands.h"
#include "tools/host/disk/imagelock.h"
#include "tools/report.h"

#define ADDED_MIN (1u << 20)

struct adopt {
	struct new_image new;
	struct plan_asked asked;
	const char *output, *boot_dir;
	bool dry_run, json, verify, compress, backing;
};

static int take_pv(void *self, const char *name, const char *value)
{
	struct adopt *a = self;

	a->asked.pv_auto = !strcmp(value, "auto");
	return a->asked.pv_auto || !strcmp(value, "always") ? 0 :
	       report_error("--%s %s: auto or always", name, value);
}

static int take_size(void *self, const char *name, const char *value)
{
	struct adopt *a = self;
	uint64_t *to = strcmp(name, "swap") ? &a->asked.ephemeral :
		       &a->asked.swap;

	if (!number_size(value, NULL, to) && *to >= ADDED_MIN && !(*to >> 44))
		return 0;
	return report_error("--%s %s: no size for it", name, value);
}

static int take_format(void *self, const char *name, const char *value)
{
	struct adopt *a = self;
	int f = format_name_find(value);

	a->new.r.format = (enum image_format)f;
	return f < 0 ? report_error("--%s %s: one of " FORMAT_NAMES, name,
				    value) : 0;
}

static bool same_file(const struct image *old, const char *output)
{
	struct stat a, b;

	return !fstat(old->fd, &a) && !stat(output, &b) &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* The kernel is started by firmware, not as a guest. */
static bool starts_itself(const struct adopt *a, const struct old *o)
{
	return chosen_native(&o->entries.entry[o->entries.start],
			    a->asked.pv_auto);
}

static int finish(struct adopt *a, const struct old *o, const struct plan *p)
{
	bool wrote = !a->dry_run;
	struct tell t = { .old = o, .plan = p, .pv_auto = a->asked.pv_auto,
			  .carry = wrote ? &a->new.carry : NULL,
			  .output = a->output, .paths = a->new.paths };
	json_t *j = tell_model(&t);

	if (a->json) {
		json_dumpf(j, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		tell_print(j);
	}
	json_decref(j);
	return 0;
}

static int write_new(struct adopt *a, const struct old *o, const struct plan *p)
{
	struct xl xl;
	int err;

	if (xl_begin(&xl, p, &a->new.r))
		return -1;
	err = new_write(&a->new, p, o);
	return xl_end(&xl, !err) ? -1 : err;
}

static int adopt_image(struct adopt *a, const struct image *img)
{
	static struct old o;
	struct plan p;

	if (a->output && same_file(img, a->output))
		return report_error("%s: is OLD itself", a->output);
	/* What would start nothing anywhere is refused before it is written. */
	if (old_read(&o, img, a->asked.pv_auto) ||
	    chosen_check(&o, a->asked.pv_auto) ||
	    plan_make(&p, &o, &a->asked) ||
	    new_prepare(&a->new, &p, !starts_itself(a, &o)))
		return -1;
	if (!a->dry_run && write_new(a, &o, &p))
		return -1;
	return finish(a, &o, &p);
}

#define AT(member) offsetof(struct adopt, member)

static const struct options_row rows[] = {
	{ "output", 'o', "NEW", "the image to be made, and NEW.xl for Xen's xl",
	  OPTIONS_FILE, AT(output) },
	{ "format", 'O', FORMAT_NAMES, "of NEW (raw)", OPTIONS_CALL, 0,
	  take_format },
	{ "compress", 0, NULL, "what a qcow2 or vmdk holds", OPTIONS_FLAG,
	  AT(compress) },
	{ "pv", 0, "always|auto", "which kernels become PV guests: all, or "
	  "those that can be nothing else (always)", OPTIONS_CALL, 0,
	  take_pv },
	{ "swap", 0, "SIZE", "add the swap space that fstab wants and OLD "
	  "lacks", OPTIONS_CALL, 0, take_size },
	{ "ephemeral", 0, "SIZE", "add the disk that fstab wants and OLD "
	  "lacks, with an empty file system", OPTIONS_CALL, 0, take_size },
	{ "verify", 0, NULL, "read the copied bytes back and compare",
	  OPTIONS_FLAG, AT(verify) },
	{ "dry-run", 'n', NULL, "only say what would be done", OPTIONS_FLAG,
	  AT(dry_run) },
	{ "json", 0, NULL, "all that is said as one JSON object", OPTIONS_FLAG,
	  AT(json) },
	{ "backing", 0, NULL, "read the files that OLD names (backing and data "
	  "files, extents)", OPTIONS_FLAG, AT(backing) },
	{ "boot-dir", 0, "DIR", "where stage2.bin, hv.elf and the others are",
	  OPTIONS_FILE, AT(boot_dir) },
};

static const struct options_example examples[] = {
	{ "What a bare file system of EC2's would become:",
	  "twinboot adopt pv.ext4 --dry-run" },
	{ "That, and its first boot on a machine without Xen:",
	  "twinboot adopt pv.ext4 -o adopted.img && "
	  "twinboot run adopted.img --path bios --nic virtio" },
	{ NULL, NULL },
};

static const struct options options = {
	.usage = "OLD -o NEW [OPTION...]",
	.about = "Make NEW of OLD, the image of a PV guest: a bare ext file "
		 "system, or a disk with\na table.  NEW boots over BIOS, UEFI "
		 "and Xen, where its kernel is a PV guest as\nbefore.  OLD and "
		 "the bytes of its file systems stay as they are.  Ends 1\n"
		 "when OLD cannot be adopted.",
	.row = rows, .n = sizeof(rows) / sizeof(rows[0]),
	.operand = "OLD", .min = 1, .max = 1, .example = examples,
};

static int adopt_run(int argc, char **argv)
{
	static struct adopt a;
	struct options_rest rest;
	struct image img;
	int err = options_parse(&options, &a, argc, argv, &rest);

	if (err)
		return err > 0 ? 0 : 2;
	if (!a.dry_run && (!a.output || !strcmp(a.output, "-"))) {
		report_error("give a file for NEW: -o NEW");
		return 2;
	}
	output_catch_signals();
	if (image_open(&img, rest.operand[0], a.backing))
		return 1;
	if (imagelock_unwritten(img.fd, img.path)) {
		image_close(&img);
		return 1;
	}
	a.new.r.output = a.output;
	a.new.r.boot_dir = a.boot_dir;
	a.new.r.compress = a.compress;
	a.new.verify = a.verify;
	err = adopt_image(&a, &img);
	json_decref(a.new.paths);
	image_close(&img);
	return err ? 1 : 0;
}

const struct command adopt_command = {
	"adopt", "make a PV guest's image boot everywhere", &options, adopt_run,
};
