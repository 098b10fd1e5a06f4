/*
 * twinboot build: from a recipe to an image.  The parts are written into the
 * temporary file one after the other; only when all are there does it get its
 * name.
 */
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/envstore.h"
#include "tools/commands.h"
#include "tools/image/boot_menu.h"
#include "tools/image/build.h"
#include "tools/image/disk/boot_install.h"
#include "tools/image/disk/deliver.h"
#include "tools/image/disk/layout.h"
#include "tools/image/disk/settings_write.h"
#include "tools/image/fs/mkfs.h"
#include "tools/image/hv_need.h"
#include "tools/image/papers.h"
#include "tools/image/parts.h"
#include "tools/image/recipe/build_options.h"
#include "tools/image/recipe/recipe.h"
#include "tools/image/start_check.h"
#include "tools/image/tree/data.h"
#include "tools/image/tree/file_option.h"
#include "tools/image/tree/gate.h"
#include "tools/image/tree/source.h"
#include "tools/image/tree/spool.h"
#include "tools/output.h"
#include "tools/progress.h"
#include "tools/report.h"
#include "tools/tempfile.h"

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

/* A line of menu.lst ends in NAME, and a blank would end that. */
static bool can_be_named(const char *name)
{
	size_t len = strlen(name);

	return len && !strpbrk(name, " \t\r\n") && name[len - 1] != '\\';
}

/* --kernel or --initrd: to /boot, under its own name, which goes to *PATH. */
static int add_kernel(struct build *b, const char *file, char **path)
{
	if (!file)
		return 0;
	if (!can_be_named(base_name(file)))
		return report_error("%s: menu.lst cannot name this file", file);
	if (asprintf(path, "/boot/%s", base_name(file)) < 0)
		abort();
	return add_boot_file(&b->tree, file, *path);
}

static int add_inputs(struct build *b)
{
	struct recipe *r = &b->r;

	for (const char **root = r->root; root && *root; root++)
		if (source_add(&b->tree, *root))
			return -1;
	source_exclude(&b->tree, r->exclude);
	for (const char **file = r->file; file && *file; file++)
		if (file_option_add(&b->tree, *file))
			return -1;
	if (add_kernel(b, r->kernel, &b->kernel) ||
	    add_kernel(b, r->initrd, &b->initrd))
		return -1;
	return r->menu ? add_boot_file(&b->tree, r->menu,
				       "boot/grub/menu.lst") : 0;
}

/* NAME, the hypervisor for one of the paths that the image carries. */
static int find_hv(const struct build *b, const char *name, char **path)
{
	*path = boot_install_find(&b->r, name);
	if (!*path && b->r.hv)
		return report_error("--hv: %s is not there", name);
	if (!*path)
		report_note("an entry needs %s, which is not there", name);
	return 0;
}

/* Where there is no boot area it is a file of the root. */
static int choose_hv(struct build *b)
{
	const struct recipe *r = &b->r;

	if (!r->hv && !hv_need(b))
		return 0;
	if ((r->boot & BOOT_UEFI && find_hv(b, "hv.efi", &b->hv_efi)) ||
	    (r->boot & BOOT_BIOS && find_hv(b, "hv.elf", &b->hv)))
		return -1;
	return b->hv && r->table == PART_NONE ?
	       add_boot_file(&b->tree, b->hv, STAGES_HV_FILE) : 0;
}

static int collect(struct build *b)
{
	struct recipe *r = &b->r;
	struct tree *t = &b->tree;
	const char *path;

	progress_say("reading", 0, 0);
	if (r->settings && !(b->settings = settings_write_read(r->settings)))
		return -1;
	if (add_inputs(b))
		return -1;
	if (boot_menu_make(b))
		return -1;
	b->has_menu = boot_menu_node(t, &path);
	if (choose_hv(b))
		return -1;
	if (r->table == PART_NONE && r->boot & BOOT_BIOS) {
		b->stage2 = boot_install_find(r, "stage2.bin");
		if (add_boot_file(t, b->stage2, STAGES_STAGE2_FILE))
			return -1;
	}
	if (r->fs != FS_FAT32 && mkext_prepare(t))
		return -1;
	filetree_finish(t);
	return 0;
}

static struct mkfs root_fs(const struct build *b, const struct deliver *out)
{
	return (struct mkfs){
		.image = out ? out->path : NULL, .name = b->r.output,
		.fd = out ? out->fd : -1,
		.offset = b->layout.root.offset, .size = b->layout.root.size,
		.sector = b->r.sector, .fs = b->r.fs, .uuid = b->uuid,
		.label = b->r.label, .minimize = b->r.minimize,
		.inode_size = b->r.inode_size,
	};
}

static int write_root(const struct build *b, const struct deliver *out)
{
	struct mkfs m = root_fs(b, out);

	return m.fs == FS_FAT32 ? mkfat_write(&m, &b->tree) :
	       mkext_write(&m, &b->tree);
}

static int write_esp(struct build *b, const struct deliver *out)
{
	struct mkfs m = {
		.image = out->path, .name = b->r.output,
		.offset = b->layout.esp.offset,
		.size = b->layout.esp.size, .sector = b->r.sector,
		.fs = FS_FAT32, .uuid = build_esp_uuid(b), .label = "ESP",
	};
	struct tree *t = &b->esp;
	int err;

	b->efi = boot_install_find(&b->r, "twinboot.efi");
	filetree_init(t, NULL);
	err = add_boot_file(t, b->efi, "EFI/BOOT/BOOTX64.EFI");
	if (!err && b->settings)
		err = settings_write_file(t, b->settings);
	if (!err && b->hv_efi)
		err = add_boot_file(t, b->hv_efi, "EFI/twinboot/hv.efi");
	/* Where there is no boot area: room for the environment block. */
	if (!err && !b->layout.bios.size)
		err = source_add_zeroes(t, &ENVSTORE_ESP_FILE[1],
					2 * sizeof(struct env_block));
	for (const char **f = b->r.esp_file; f && *f && !err; f++)
		err = file_option_add(t, *f);
	if (!err) {
		filetree_finish(t);
		err = mkfat_need(&m, t) > m.size ?
		      report_error("the ESP's files do not fit on %lu MiB: "
				   "give --esp-size", m.size >> 20) :
		      mkfat_write(&m, t);
	}
	return err;
}

/* How small a container or a packed image gets, nobody knows before. */
static int check_space(const struct build *b, const struct deliver *out)
{
	uint64_t need = data_total(&b->tree);

	for (unsigned i = 0; i < b->r.n_parts; i++)
		if (b->r.part[i].kind == PARTITION_FS)
			need += data_total(&b->more[i].tree);
	return tempfile_room(out->fd, need, b->r.output, "what goes in");
}

/* The block; the file is on the ESP, where there is one. */
static int write_settings(const struct build *b, const struct deliver *out)
{
	int err = settings_write_block(out->fd, b->r.sector, b->settings);

	if (err > 0 && !b->layout.esp.size)
		return report_error("--settings: the image has neither a boot "
				    "area nor an ESP to put them on");
	return err < 0 ? -1 : 0;
}

static int write_all(struct build *b, const struct deliver *out)
{
	if (check_space(b, out))
		return -1;
	if (ftruncate(out->fd, (off_t)b->layout.size))
		return report_errno("%s", b->r.output);
	if (layout_write(&b->layout, &b->r, &b->ids, out->fd, b->r.output) ||
	    write_root(b, out) || parts_write(b, out))
		return -1;
	if (b->layout.esp.size && write_esp(b, out))
		return -1;
	if (b->r.boot & BOOT_BIOS &&
	    boot_install_write_bios(&b->r, b->hv, out->fd))
		return -1;
	if (b->settings && write_settings(b, out))
		return -1;
	progress_say("", 0, 0);
	return 0;
}

/*
 * Beside the image is room for what cannot be read twice; one that is only READ
 * may be where nothing can be written.
 */
void build_prepare(struct build *b, bool read)
{
	const struct recipe *r = &b->r;
	const char *slash = strrchr(r->output, '/');

	if (!read && strcmp(r->output, "-"))
		b->dir = slash ? strndup(r->output,
					 (size_t)(slash - r->output) + 1) :
			 strdup(".");
	source_begin(r->output, r->exclude, r->owner_root);
	spool_begin(b->dir);
	filetree_init(&b->tree, NULL);
}

void build_release(struct build *b)
{
	data_close_places();
	spool_end();
	filetree_free(&b->tree);
	if (b->esp.pool)
		filetree_free(&b->esp);
	parts_release(b);
	recipe_free(&b->r);
	free(b->dir);
	free(b->kernel);
	free(b->initrd);
	free(b->settings);
	free(b->efi);
	free(b->hv_efi);
	free(b->stage2);
	free(b->hv);
}

static int make_and_deliver(struct build *b, int sink)
{
	struct papers papers = { 0 };
	struct deliver out;
	uint8_t id[32];

	if (sink < 0 ? deliver_begin(&out, &b->r, b->dir) :
	    deliver_begin_to(&out, &b->r, b->dir, sink))
		return -1;
	if (write_all(b, &out) || (b->has_menu && start_check(b, out.fd)) ||
	    (sink < 0 && papers_write(&papers, b, out.fd))) {
		deliver_abort(&out);
		return -1;
	}
	build_hash(b, "container", id);
	if (deliver_end(&out, id)) {
		papers_abort(&papers);
		return -1;
	}
	return papers_commit(&papers);
}

/* From the needs of the root file system to the places of all parts. */
static int plan(struct build *b)
{
	struct mkfs m = root_fs(b, NULL);
	uint64_t need = m.fs == FS_FAT32 ? mkfat_need(&m, &b->tree) :
			mkext_need(&m, &b->tree);

	if (!need || layout_plan(&b->layout, &b->r, need))
		return -1;
	if (!b->r.size || m.fs == FS_FAT32)
		return 0;
	/* With the size its journal, tables and inodes are others. */
	m.size = b->layout.root.size;
	need = mkext_need(&m, &b->tree);
	if (need > m.size)
		return report_error("the image is too small: needed are %lu "
				    "bytes", b->layout.size + need - m.size);
	return need ? 0 : -1;
}

int build_image(struct build *b, int sink)
{
	if (filetree_time_check() || choose_boots(&b->r) || collect(b))
		return -1;
	build_ids(b);
	if (parts_collect(b) || plan(b))
		return -1;
	return make_and_deliver(b, sink);
}

static void print_json(const struct build *b)
{
	char *text = papers_text(manifest_layout(b));

	fputs(text, stdout);
	free(text);
}

static int build_run(int argc, char **argv)
{
	struct build b = { 0 };
	int err = recipe_parse(&b.r, &build_options_table, argc, argv);

	if (err) {
		recipe_free(&b.r);
		return err > 0 ? 0 : err == BUILD_UNREADABLE ? 1 : 2;
	}
	if (b.r.json && !strcmp(b.r.output, "-")) {
		recipe_free(&b.r);
		report_error("--json and -o -: both are standard output");
		return 2;
	}
	build_prepare(&b, false);
	err = build_image(&b, -1);
	if (!err && b.r.json)
		print_json(&b);
	build_release(&b);
	return err ? 1 : 0;
}

const struct command build_command = {
	"build", "make a bootable disk image", &build_options_table, build_run,
};
