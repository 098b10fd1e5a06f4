/*
 * twinboot install: our boot code into an image that others made, in place.
 * All that is written is known before the first byte is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "tools/commands.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/host/disk/image_format.h"
#include "tools/host/disk/image_unpack.h"
#include "tools/host/disk/imagelock.h"
#include "tools/image/recipe/recipe.h"
#include "tools/install/bios.h"
#include "tools/install/block_list.h"
#include "tools/install/esp.h"
#include "tools/option_value.h"
#include "tools/output.h"
#include "tools/report.h"

struct install {
	struct recipe r;
	const char *image, *boot, *backup, *restore;
	bool dry_run, json;
	struct writes w;
	struct part_list parts;
	struct hostdisk disk;
	struct bios_plan bios;
	char bios_why[160], uefi_why[160];	/* "": it is put there */
};

/* Raw images only: others' bytes are not where the disk's are. */
static int open_image(const struct install *x)
{
	int fd = open(x->image, (x->dry_run ? O_RDONLY : O_RDWR) | O_CLOEXEC |
		      O_NONBLOCK);
	const char *packed, *format;
	struct stat st;
	int err = 0;

	if (fd < 0 && !strcmp(x->image, "-"))
		return report_error("-: standard input cannot be changed in "
				    "place");
	if (fd < 0)
		return report_errno("%s", x->image);
	output_protect(x->image);
	packed = image_unpack_name(fd);
	format = packed ? packed : image_format(fd);
	if (fstat(fd, &st) || (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)))
		err = report_error("%s: neither a file nor a block device",
				   x->image);
	else if (strcmp(format, "raw"))
		err = report_error("%s: it is %s: %s", x->image, format,
				   packed ? "unpack it first" :
				   "make a raw image of it first "
				   "(qemu-img convert)");
	if (!err && !x->dry_run)
		err = imagelock_take(fd, x->image);
	if (!err)
		return fd;
	close(fd);
	return -1;
}

static bool wanted(const struct install *x, const char *name)
{
	return !x->boot || option_value_has(x->boot, name);
}

static int plan_bios(struct install *x, int fd)
{
	if (!wanted(x, "bios")) {
		snprintf(x->bios_why, sizeof(x->bios_why), "not asked for");
		return 0;
	}
	if (x->parts.table == PART_NONE)
		return block_list_plan(&x->w, &x->r, fd,
				       blk_bytes(&x->disk.blk), x->bios_why);
	return bios_plan(&x->w, &x->r, fd, &x->disk.blk, &x->parts, &x->bios,
			 x->bios_why);
}

/* Firmware takes the first that there is. */
static int plan_uefi(struct install *x, int fd)
{
	const struct part *p = part_esp(&x->parts);

	if (!wanted(x, "uefi")) {
		snprintf(x->uefi_why, sizeof(x->uefi_why), "not asked for");
		return 0;
	}
	if (p)
		return esp_plan(&x->w, &x->r, fd, p->first * BIOS_SECTOR,
				p->count * BIOS_SECTOR, x->uefi_why);
	snprintf(x->uefi_why, sizeof(x->uefi_why), "there is no EFI system "
		 "partition");
	return 1;
}

/* What was asked for by name must be possible. */
static int check_asked(const struct install *x)
{
	if (x->boot && wanted(x, "bios") && x->bios_why[0])
		return report_error("%s: no BIOS boot: %s", x->image,
				    x->bios_why);
	if (x->boot && wanted(x, "uefi") && x->uefi_why[0])
		return report_error("%s: no UEFI boot: %s", x->image,
				    x->uefi_why);
	if (x->bios_why[0] && x->uefi_why[0])
		return report_error("%s: no room for boot code: BIOS: %s; "
				    "UEFI: %s", x->image, x->bios_why,
				    x->uefi_why);
	if (x->bios.in_place && !x->backup && !x->dry_run)
		return report_error("%s: the new BIOS stages do not fit beside "
				    "the old ones: give --backup FILE",
				    x->image);
	return 0;
}

static int check_parts(const struct install *x)
{
	for (unsigned i = 0; i < x->parts.n; i++) {
		const struct part *p = &x->parts.part[i];

		if (p->first > x->disk.blk.count ||
		    p->count > x->disk.blk.count - p->first)
			return report_error("%s: partition %u ends at sector "
					    "%lu, but the image has %lu: it is "
					    "cut short", x->image,
					    p->number + 1, p->first + p->count,
					    x->disk.blk.count);
	}
	return 0;
}

static int plan(struct install *x, int fd)
{
	if (hostdisk_attach(&x->disk, "hd0", fd, BIOS_SECTOR) ||
	    !x->disk.blk.count)
		return report_error("%s: not a disk image", x->image);
	if (hostdisk_sector(fd) != BIOS_SECTOR)
		return report_error("%s: its sectors are of 4096 bytes, "
				    "and only what has 512 gets boot code",
				    x->image);
	err_clear();
	if (part_read(&x->disk.blk, &x->parts))
		return report_error("%s: %s", x->image, err_text());
	if (x->parts.remark[0])
		return report_error("%s: %s", x->image, x->parts.remark);
	if (check_parts(x) || plan_uefi(x, fd) < 0 || plan_bios(x, fd) < 0)
		return -1;
	return check_asked(x);
}

static json_t *path_json(const char *why)
{
	return why[0] ? json_pack("{sb ss}", "put", false, "why", why) :
	       json_pack("{sb}", "put", true);
}

static void say_path(const char *name, const char *why)
{
	printf("%s: %s%s\n", name, why[0] ? "not changed: " : "put there", why);
}

static void tell(const struct install *x)
{
	json_t *j = json_pack("{so so so}", "bios", path_json(x->bios_why),
			      "uefi", path_json(x->uefi_why), "writes",
			      writes_json(&x->w));

	if (x->json) {
		json_dumpf(j, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		say_path("BIOS", x->bios_why);
		say_path("UEFI", x->uefi_why);
		printf("%zu stretches of the image %s\n", x->w.n, x->dry_run ?
		       "would change" : "changed");
	}
	json_decref(j);
}

static int install_image(struct install *x)
{
	int fd = open_image(x), err;

	if (fd < 0)
		return -1;
	err = x->restore ? writes_restore(&x->w, fd, x->restore) : plan(x, fd);
	if (!err && x->backup)
		err = writes_backup(&x->w, fd, x->backup);
	if (!err && !x->dry_run)
		err = writes_run(&x->w, fd, x->image);
	if (!err && !x->restore)
		tell(x);
	writes_free(&x->w);
	close(fd);
	return err;
}

#define AT(member) offsetof(struct install, member)

static const struct options_row rows[] = {
	{ "boot", 0, "LIST", "of bios,uefi: only these, and there must be room",
	  OPTIONS_TEXT, AT(boot) },
	{ "backup", 0, "FILE", "keep what is overwritten, before it is; needed "
	  "where old and new code do not fit beside each other", OPTIONS_FILE,
	  AT(backup) },
	{ "restore", 0, "FILE", "write such a backup back, and no more",
	  OPTIONS_FILE, AT(restore) },
	{ "dry-run", 'n', NULL, "only say what would be done", OPTIONS_FLAG,
	  AT(dry_run) },
	{ "json", 0, NULL, "what is written where, as one JSON object",
	  OPTIONS_FLAG, AT(json) },
	{ "boot-dir", 0, "DIR", "where mbr.bin, stage2.bin and the others are",
	  OPTIONS_FILE, offsetof(struct install, r.boot_dir) },
};

static const struct options_example examples[] = {
	{ "The boot code of this version into an image, and back again:",
	  "twinboot install disk.img --backup before\n"
	  "twinboot install disk.img --restore before" },
	{ NULL, NULL },
};

static const struct options options = {
	.usage = "IMAGE [OPTION...]",
	.about = "Put our boot code into IMAGE, a raw image or a block device, "
		 "or renew it.  At\neach moment the image boots with the old "
		 "code or the new.  Ends 1 when there is\nno room for it.",
	.row = rows, .n = sizeof(rows) / sizeof(rows[0]),
	.operand = "IMAGE", .min = 1, .max = 1, .example = examples,
};

static const void *find_path(const char *name)
{
	return !strcmp(name, "bios") || !strcmp(name, "uefi") ? name : NULL;
}

static int install_run(int argc, char **argv)
{
	static struct install x;
	struct options_rest rest;
	int err = options_parse(&options, &x, argc, argv, &rest);

	if (err)
		return err > 0 ? 0 : 2;
	if (option_value_check("--boot", x.boot, find_path))
		return 2;
	x.image = rest.operand[0];
	x.r.hv = true;
	x.r.output = x.image;
	return install_image(&x) ? 1 : 0;
}

const struct command install_command = {
	"install", "put or renew boot code in an image", &options, install_run,
};
