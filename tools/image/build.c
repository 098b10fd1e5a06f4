/*
 * twinboot build: from a recipe to an image.  The parts are written into the
 * temporary file one after the other; only when all are there does it get its
 * name.
 */
#include <fcntl.h>
#include <jansson.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/commands.h"
#include "tools/image/layout.h"
#include "tools/image/menu_check.h"
#include "tools/image/mkfs.h"
#include "tools/output.h"
#include "tools/image/recipe.h"
#include "tools/report.h"
#include "tools/image/boot_install.h"

struct build {
	struct recipe r;
	struct tree tree;
	struct layout layout;
	struct layout_ids ids;
	char uuid[40];		/* of the root file system */
	char *menu;		/* the menu.lst we wrote, or NULL */
	char *efi, *stage2;	/* files that go in, or NULL */
};

/* Why BIT cannot be had, or NULL when it can. */
static const char *cannot(const struct recipe *r, unsigned bit)
{
	static const char *const gap[] = { "mbr.bin", "stage2.bin", NULL };
	static const char *const list[] = { "ext.bin", "stage2.bin", NULL };
	static const char *const efi[] = { "twinboot.efi", NULL };
	const char *const *need = r->table == PART_NONE ? list : gap;
	static char why[64];

	if (bit == BOOT_PV)
		return NULL;
	if (bit == BOOT_UEFI && r->table != PART_GPT)
		return "its ESP needs a GPT";
	if (bit == BOOT_BIOS && r->sector != 512)
		return "BIOS firmware does not take sectors of 4096 bytes";
	if (bit == BOOT_BIOS && r->table == PART_NONE && r->fs == FS_FAT32)
		return "without partitions it needs an ext file system";
	for (need = bit == BOOT_UEFI ? efi : need; *need; need++) {
		char *path = boot_install_find(r, *need);

		if (!path) {
			snprintf(why, sizeof(why), "%s is not there", *need);
			return why;
		}
		free(path);
	}
	return NULL;
}

static int choose_boots(struct recipe *r)
{
	for (unsigned bit = BOOT_BIOS; bit <= BOOT_PV; bit <<= 1) {
		const char *why = r->boot & bit ? cannot(r, bit) : NULL;

		if (why && r->boot_asked)
			return report_error("--boot %s: %s",
					    recipe_boot_name(bit), why);
		if (why)
			report_note("no %s boot: %s", recipe_boot_name(bit),
				    why);
		if (why)
			r->boot &= ~bit;
	}
	return 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int add_boot_file(struct tree *t, const char *file)
{
	char path[256];

	if (!file)
		return 0;
	if (strlen(base_name(file)) > 200 || strchr(base_name(file), ' '))
		return report_error("%s: menu.lst cannot name this file", file);
	snprintf(path, sizeof(path), "boot/%s", base_name(file));
	tree_add(t, path, file, NULL);
	return 0;
}

static int write_menu(struct build *b)
{
	const struct recipe *r = &b->r;
	const char *root = r->table == PART_NONE ? "(hd0)" : "(hd0,0)";
	int n;

	n = asprintf(&b->menu, "default 0\ntimeout 0\nhiddenmenu\n\n"
		     "title %s\nroot %s\nkernel /boot/%s%s%s\n%s%s%s",
		     base_name(r->kernel), root, base_name(r->kernel),
		     r->append ? " " : "", r->append ? r->append : "",
		     r->initrd ? "initrd /boot/" : "",
		     r->initrd ? base_name(r->initrd) : "",
		     r->initrd ? "\n" : "");
	return n < 0 ? report_error("out of memory") : 0;
}

static int collect(struct build *b)
{
	struct recipe *r = &b->r;
	struct tree *t = &b->tree;

	t->root = r->root;
	if (add_boot_file(t, r->kernel) || add_boot_file(t, r->initrd))
		return -1;
	if (r->kernel && !r->menu && write_menu(b))
		return -1;
	if ((r->menu || b->menu) && menu_check(r->menu, b->menu))
		return -1;
	if (r->menu || b->menu)
		tree_add(t, "boot/grub/menu.lst", r->menu, b->menu);
	if (r->table == PART_NONE && r->boot & BOOT_BIOS) {
		b->stage2 = boot_install_find(r, "stage2.bin");
		tree_add(t, STAGES_STAGE2_FILE, b->stage2, NULL);
	}
	if (tree_scan(t))
		return -1;
	if (!t->has_menu)
		report_note("no /boot/grub/menu.lst: give --menu, --kernel or "
			    "a --root that has one");
	return 0;
}

/* A UUID made of the inputs and WHAT: the same inputs, the same image. */
static void make_id(const struct build *b, const char *what, char out[40])
{
	const char *name = b->r.label ? b->r.label : "";
	uint8_t h[32];
	SHA2_CTX sha;

	SHA256Init(&sha);
	SHA256Update(&sha, b->tree.digest, sizeof(b->tree.digest));
	SHA256Update(&sha, (const uint8_t *)name, strlen(name) + 1);
	SHA256Update(&sha, (const uint8_t *)what, strlen(what));
	SHA256Final(h, &sha);
	h[6] = (h[6] & 0x0f) | 0x80;	/* RFC 9562: version 8, "custom" */
	h[8] = (h[8] & 0x3f) | 0x80;
	snprintf(out, 40, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x", h[0], h[1], h[2], h[3], h[4],
		 h[5], h[6], h[7], h[8], h[9], h[10], h[11], h[12], h[13],
		 h[14], h[15]);
}

static void make_ids(struct build *b)
{
	make_id(b, "root", b->uuid);
	if (b->r.uuid)
		snprintf(b->uuid, sizeof(b->uuid), "%s", b->r.uuid);
	make_id(b, "disk", b->ids.disk);
	make_id(b, "root partition", b->ids.root);
	make_id(b, "bios partition", b->ids.bios);
	make_id(b, "esp partition", b->ids.esp);
	b->ids.mbr = (uint32_t)strtoul(b->ids.disk, NULL, 16) | 1;
}

static int write_root(const struct build *b, const char *image)
{
	struct mkfs m = {
		.image = image, .offset = b->layout.root.offset,
		.size = b->layout.root.size, .sector = b->r.sector,
		.fs = b->r.fs, .uuid = b->uuid, .label = b->r.label,
	};

	return m.fs == FS_FAT32 ? mkfat_write(&m, &b->tree) :
	       mkext_write(&m, &b->tree);
}

static int write_esp(struct build *b, const char *image)
{
	struct mkfs m = {
		.image = image, .offset = b->layout.esp.offset,
		.size = b->layout.esp.size, .sector = b->r.sector,
		.fs = FS_FAT32, .uuid = b->ids.esp, .label = "ESP",
	};
	struct tree t = { 0 };

	b->efi = boot_install_find(&b->r, "twinboot.efi");
	tree_add(&t, "EFI/BOOT/BOOTX64.EFI", b->efi, NULL);
	if (tree_scan(&t))
		return -1;
	if (mkfat_need(&t) > m.size)
		return report_error("%s does not fit on the ESP of %lu MiB",
				    b->efi, m.size >> 20);
	return mkfat_write(&m, &t);
}

static int write_all(struct build *b, struct output *out)
{
	if (output_resize(out, b->layout.size) ||
	    layout_write(&b->layout, &b->r, &b->ids, out->fd, out->path) ||
	    write_root(b, out->temp))
		return -1;
	if (b->layout.esp.size && write_esp(b, out->temp))
		return -1;
	if (b->r.boot & BOOT_BIOS &&
	    boot_install_write_bios(&b->r, &b->layout, out->fd))
		return -1;
	report_progress("", 0, 0);
	return 0;
}

static json_t *extent_json(const struct part_range *e, unsigned number,
			   const char *uuid)
{
	json_t *j = json_pack("{sI sI ss}", "offset", (json_int_t)e->offset,
			      "size", (json_int_t)e->size, "uuid", uuid);

	if (number)
		json_object_set_new(j, "partition", json_integer(number));
	return j;
}

static void print_json(const struct build *b)
{
	static const char *const tables[] = { "none", "mbr", "gpt" };
	const struct layout *l = &b->layout;
	bool gpt = b->r.table == PART_GPT;
	json_t *boot = json_array(), *j;

	for (unsigned bit = BOOT_BIOS; bit <= BOOT_PV; bit <<= 1)
		if (b->r.boot & bit)
			json_array_append_new(boot,
				json_string(recipe_boot_name(bit)));
	j = json_pack("{ss sI ss so so ss}", "image", b->r.output, "size",
		      (json_int_t)l->size, "table", tables[b->r.table],
		      "boot", boot, "root",
		      extent_json(&l->root, b->r.table != PART_NONE,
				  gpt ? b->ids.root : ""),
		      "root_uuid", b->uuid);
	if (l->bios.size)
		json_object_set_new(j, "bios",
				    extent_json(&l->bios, 14, b->ids.bios));
	if (l->esp.size)
		json_object_set_new(j, "esp",
				    extent_json(&l->esp, 15, b->ids.esp));
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
}

static int build_image(struct build *b)
{
	struct output out;
	uint64_t need;

	if (choose_boots(&b->r) || collect(b))
		return -1;
	make_ids(b);
	need = b->r.fs == FS_FAT32 ? mkfat_need(&b->tree) :
	       mkext_need(&b->tree);
	if (layout_plan(&b->layout, &b->r, need) ||
	    output_open(&out, b->r.output))
		return -1;
	if (write_all(b, &out)) {
		output_abort(&out);
		return -1;
	}
	return output_commit(&out);
}

static int build_run(int argc, char **argv)
{
	struct build b = { 0 };
	int err = recipe_parse(&b.r, argc, argv);

	if (err)
		return err > 0 ? 0 : 2;
	err = build_image(&b);
	if (!err && b.r.json)
		print_json(&b);
	free(b.menu);
	free(b.efi);
	free(b.stage2);
	return err ? 1 : 0;
}

const struct command build_command = {
	"build", "make a bootable disk image", build_run,
};
