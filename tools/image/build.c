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

#include "menu/config.h"
#include "tools/commands.h"
#include "tools/image/data.h"
#include "tools/image/file_option.h"
#include "tools/image/gate.h"
#include "tools/image/layout.h"
#include "tools/image/menu_check.h"
#include "tools/image/mkfs.h"
#include "tools/image/source.h"
#include "tools/image/spool.h"
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
	char *kernel, *initrd;	/* "/boot/vmlinuz", for menu.lst, or NULL */
	char *dir;		/* where the image will be */
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

/* A file of the host that a boot loader reads, into /boot. */
static int add_boot_file(struct tree *t, const char *file, const char *path)
{
	struct tree_node *n = filetree_new_node(t, S_IFREG | 0644);

	n->data.solid = true;
	return source_add_file(t, path, file, n);
}

/* --kernel or --initrd: to /boot, under its own name, which goes to *PATH. */
static int add_kernel(struct build *b, const char *file, char **path)
{
	if (!file)
		return 0;
	if (strchr(base_name(file), ' '))
		return report_error("%s: menu.lst cannot name this file", file);
	if (asprintf(path, "/boot/%s", base_name(file)) < 0)
		abort();
	return add_boot_file(&b->tree, file, *path);
}

static int write_menu(struct build *b)
{
	const struct recipe *r = &b->r;
	const char *root = r->table == PART_NONE ? "(hd0)" : "(hd0,0)";
	char *menu;
	int err;

	if (asprintf(&menu, "default 0\ntimeout 0\nhiddenmenu\n\n"
		     "title %s\nroot %s\nkernel %s%s%s\n%s%s%s",
		     base_name(b->kernel), root, b->kernel,
		     r->append ? " " : "", r->append ? r->append : "",
		     b->initrd ? "initrd " : "", b->initrd ? b->initrd : "",
		     b->initrd ? "\n" : "") < 0)
		abort();
	err = source_add_text(&b->tree, "boot/grub/menu.lst", menu);
	free(menu);
	return err;
}

/* One of loader's names, where a first partition has them. */
static bool has_menu(const struct tree *t)
{
	static const char *const names[] = {
		"boot/grub/menu.lst", "boot/grub/grub.conf", "grub/menu.lst",
		"grub/grub.conf",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct tree_node *n = gate_lookup(t, names[i], true);

		if (n && S_ISREG(n->mode))
			return true;
	}
	return false;
}

static int add_inputs(struct build *b)
{
	struct recipe *r = &b->r;

	for (const char **root = r->root; root && *root; root++)
		if (source_add(&b->tree, *root))
			return -1;
	for (const char **file = r->file; file && *file; file++)
		if (file_option_add(&b->tree, *file))
			return -1;
	if (add_kernel(b, r->kernel, &b->kernel) ||
	    add_kernel(b, r->initrd, &b->initrd))
		return -1;
	return r->menu ? add_boot_file(&b->tree, r->menu,
				       "boot/grub/menu.lst") : 0;
}

/* The menu.lst that was given or written. */
static int check_menu(const struct tree *t, const char *given)
{
	const char *path = "boot/grub/menu.lst";
	char *text = data_text(gate_lookup(t, path, true), CONFIG_MAX,
			       given ? given : path);
	int err = text ? menu_check(given ? given :
				    "the menu.lst for --append", text) : -1;

	free(text);
	return err;
}

static int collect(struct build *b)
{
	struct recipe *r = &b->r;
	struct tree *t = &b->tree;

	report_progress("reading", 0, 0);
	if (add_inputs(b))
		return -1;
	if (!r->menu && r->kernel && write_menu(b))
		return -1;
	if ((r->menu || r->kernel) && check_menu(t, r->menu))
		return -1;
	if (r->table == PART_NONE && r->boot & BOOT_BIOS) {
		b->stage2 = boot_install_find(r, "stage2.bin");
		if (add_boot_file(t, b->stage2, STAGES_STAGE2_FILE))
			return -1;
	}
	if (!has_menu(t))
		report_note("no /boot/grub/menu.lst: give --menu, --kernel or "
			    "a --root that has one");
	if (r->fs != FS_FAT32 && mkext_prepare(t))
		return -1;
	filetree_finish(t);
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

static struct mkfs root_fs(const struct build *b, const struct output *out)
{
	return (struct mkfs){
		.image = out ? out->temp : NULL, .fd = out ? out->fd : -1,
		.offset = b->layout.root.offset, .size = b->layout.root.size,
		.sector = b->r.sector, .fs = b->r.fs, .uuid = b->uuid,
		.label = b->r.label, .minimize = b->r.minimize,
	};
}

static int write_root(const struct build *b, const struct output *out)
{
	struct mkfs m = root_fs(b, out);

	return m.fs == FS_FAT32 ? mkfat_write(&m, &b->tree) :
	       mkext_write(&m, &b->tree);
}

static int write_esp(struct build *b, const struct output *out)
{
	struct mkfs m = {
		.image = out->temp, .offset = b->layout.esp.offset,
		.size = b->layout.esp.size, .sector = b->r.sector,
		.fs = FS_FAT32, .uuid = b->ids.esp, .label = "ESP",
	};
	struct tree t;
	int err;

	b->efi = boot_install_find(&b->r, "twinboot.efi");
	filetree_init(&t, NULL);
	err = add_boot_file(&t, b->efi, "EFI/BOOT/BOOTX64.EFI");
	if (!err) {
		filetree_finish(&t);
		err = mkfat_need(&m, &t) > m.size ?
		      report_error("%s does not fit on the ESP of %lu MiB",
				   b->efi, m.size >> 20) : mkfat_write(&m, &t);
	}
	filetree_free(&t);
	return err;
}

static int write_all(struct build *b, struct output *out)
{
	if (output_resize(out, b->layout.size) ||
	    layout_write(&b->layout, &b->r, &b->ids, out->fd, out->path) ||
	    write_root(b, out))
		return -1;
	if (b->layout.esp.size && write_esp(b, out))
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

/* Beside the image is room for what cannot be read twice. */
static void prepare(struct build *b)
{
	const struct recipe *r = &b->r;
	const char *slash = strrchr(r->output, '/');

	b->dir = slash ? strndup(r->output, (size_t)(slash - r->output) + 1) :
		 strdup(".");
	source_begin(r->output, r->owner_root);
	spool_begin(b->dir);
	filetree_init(&b->tree, NULL);
}

static void release(struct build *b)
{
	data_close_places();
	spool_end();
	filetree_free(&b->tree);
	recipe_free(&b->r);
	free(b->dir);
	free(b->kernel);
	free(b->initrd);
	free(b->efi);
	free(b->stage2);
}

static int build_image(struct build *b)
{
	struct output out;
	struct mkfs m;
	uint64_t need;

	if (filetree_time_check() || choose_boots(&b->r) || collect(b))
		return -1;
	make_ids(b);
	m = root_fs(b, NULL);
	need = m.fs == FS_FAT32 ? mkfat_need(&m, &b->tree) :
	       mkext_need(&m, &b->tree);
	if (!need || layout_plan(&b->layout, &b->r, need) ||
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

	if (err) {
		recipe_free(&b.r);
		return err > 0 ? 0 : 2;
	}
	prepare(&b);
	err = build_image(&b);
	if (!err && b.r.json)
		print_json(&b);
	release(&b);
	return err ? 1 : 0;
}

const struct command build_command = {
	"build", "make a bootable disk image", build_run,
};
