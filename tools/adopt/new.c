/*
 * NEW is written under a temporary name: the old bytes first, because all UUIDs
 * are made of their hashes, then the table and what is ours.
 */
#include "tools/adopt/new.h"

#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/adopt/table.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/describe.h"
#include "tools/image/disk/boot_install.h"
#include "tools/image/disk/deliver.h"
#include "tools/image/disk/settings_write.h"
#include "tools/image/fs/mkfs.h"
#include "tools/image/parts.h"
#include "tools/image/recipe/uuid.h"
#include "tools/image/tree/source.h"
#include "tools/progress.h"
#include "tools/report.h"

struct writer {
	struct new_image *n;
	const struct plan *p;
	const struct old *o;
	struct table_ids ids;
	uint8_t seed[32];	/* of the bytes carried and of what is added */
	struct deliver out;
};

static bool is_there(const struct recipe *r, const char *name)
{
	char *path = boot_install_find(r, name);
	bool there = path;

	free(path);
	return there;
}

/* A program that a path of NEW wants: where it is not, the path is not, WHY. */
static int need(const struct recipe *r, const char *name, char why[PLAN_WHY])
{
	if (why[0] || is_there(r, name))
		return 0;
	if (r->boot_dir)
		return report_error("--boot-dir %s: %s is not there",
				    r->boot_dir, name);
	snprintf(why, PLAN_WHY, "%s is not there", name);
	return 0;
}

int new_prepare(const struct new_image *n, struct plan *p, bool guest)
{
	if (need(&n->r, "mbr.bin", p->bios_why) ||
	    need(&n->r, "stage2.bin", p->bios_why) ||
	    need(&n->r, "twinboot.efi", p->uefi_why))
		return -1;
	if (guest && (need(&n->r, "hv.elf", p->bios_why) ||
		      need(&n->r, "hv.efi", p->uefi_why)))
		return -1;
	return 0;
}

static void hash_of(const struct writer *w, const char *what, unsigned number,
		    uint8_t h[32])
{
	SHA2_CTX sha;

	SHA256Init(&sha);
	SHA256Update(&sha, w->seed, sizeof(w->seed));
	SHA256Update(&sha, (const uint8_t *)what, strlen(what) + 1);
	SHA256Update(&sha, (const uint8_t *)&number, sizeof(number));
	SHA256Final(h, &sha);
}

static void uuid_of(const struct writer *w, const char *what, unsigned number,
		    char out[40])
{
	uint8_t h[32];

	hash_of(w, what, number, h);
	uuid_make(h, out);
}

static void make_ids(struct writer *w)
{
	SHA2_CTX sha;

	SHA256Init(&sha);
	for (unsigned i = 0; i < w->n->carry.n; i++)
		SHA256Update(&sha, w->n->carry.part[i].sha256, 32);
	SHA256Final(w->seed, &sha);
	uuid_of(w, "disk", 0, w->ids.disk);
	for (unsigned i = 0; i < w->p->n; i++)
		uuid_of(w, plan_role_name(w->p->part[i].role),
			w->p->part[i].number, w->ids.part[i]);
}

/* What is made of T on PART. */
static struct mkfs mkfs_of(const struct writer *w, const struct plan_part *part,
			   enum recipe_fs fs, const char *uuid,
			   const char *label)
{
	return (struct mkfs){
		.image = w->out.path, .name = w->n->r.output,
		.fd = w->out.fd, .offset = part->offset, .size = part->size,
		.sector = OLD_SECTOR, .fs = fs,
		.uuid = uuid, .label = label, .inode_size = 256,
	};
}

static int add_program(struct writer *w, struct tree *t, const char *name,
		       const char *path, char **file)
{
	struct tree_node *n = filetree_new_node(t, S_IFREG | 0644);

	*file = boot_install_find(&w->n->r, name);
	return *file ? source_add_file(t, path, *file, n) : 0;
}

static int write_esp(struct writer *w, const struct plan_part *part)
{
	char uuid[40], *files[2] = { NULL };
	struct mkfs m;
	struct tree t;
	int err;

	uuid_of(w, "ESP file system", part->number, uuid);
	m = mkfs_of(w, part, FS_FAT32, uuid, "ESP");
	filetree_init(&t, NULL);
	err = add_program(w, &t, "twinboot.efi", "EFI/BOOT/BOOTX64.EFI",
			  &files[0]);
	if (!err)
		err = add_program(w, &t, "hv.efi", "EFI/twinboot/hv.efi",
				  &files[1]);
	if (!err)
		err = settings_write_file(&t, w->p->settings);
	if (!err) {
		filetree_finish(&t);
		err = mkfat_write(&m, &t);
	}
	filetree_free(&t);
	free(files[0]);
	free(files[1]);
	return err;
}

static int write_ephemeral(struct writer *w, const struct plan_part *part)
{
	enum recipe_fs fs = !strcmp(part->type, "ext2") ? FS_EXT2 :
			    !strcmp(part->type, "ext4") ? FS_EXT4 : FS_EXT3;
	char uuid[40];
	struct mkfs m;
	struct tree t;
	int err;

	uuid_of(w, "ephemeral file system", part->number, uuid);
	m = mkfs_of(w, part, fs, uuid, "ephemeral");
	filetree_init(&t, NULL);
	err = mkext_prepare(&t);
	if (!err) {
		filetree_finish(&t);
		err = mkext_write(&m, &t);
	}
	filetree_free(&t);
	return err;
}

static int write_part(struct writer *w, const struct plan_part *part)
{
	char uuid[40];

	switch (part->role) {
	case PLAN_ESP:
		return write_esp(w, part);
	case PLAN_SWAP:
		uuid_of(w, "swap", part->number, uuid);
		return parts_write_swap(w->out.fd, &(struct part_range){
					part->offset, part->size }, uuid);
	case PLAN_EPHEMERAL:
		return write_ephemeral(w, part);
	default:
		return 0;
	}
}

/* The boot area: stage 2, hv.elf, settings. */
static int write_bios(struct writer *w)
{
	struct recipe *r = &w->n->r;

	if (w->p->bios_why[0])
		return 0;
	r->table = w->p->table;
	r->sector = OLD_SECTOR;
	return boot_install_write_bios(r, true, w->out.fd);
}

static int write_settings(struct writer *w)
{
	return settings_write_block(w->out.fd, OLD_SECTOR, w->p->settings) < 0 ?
	       -1 : 0;
}

static int write_all(struct writer *w)
{
	int fd = w->out.fd;

	if (ftruncate(fd, (off_t)w->p->size))
		return report_errno("%s", w->n->r.output);
	if (carry_bytes(&w->n->carry, w->p, w->o, fd))
		return -1;
	make_ids(w);
	if (table_write(w->p, w->o, &w->ids, fd, w->n->r.output))
		return -1;
	for (unsigned i = 0; i < w->p->n; i++)
		if (write_part(w, &w->p->part[i]))
			return -1;
	if (write_bios(w) || write_settings(w))
		return -1;
	return w->n->verify ? carry_verify(&w->n->carry, fd) : 0;
}

/* What inspect would say of it. */
static void describe(struct writer *w)
{
	struct image img = { .path = w->n->r.output, .format = "raw",
			     .fd = w->out.fd };
	bool bad = false;
	json_t *j = describe_image(&img, &(struct describe_asked){
		.mem_mb = HOSTBOOT_MEM_MB }, &bad);

	w->n->paths = json_incref(json_object_get(j, "paths"));
	json_decref(j);
}

int new_write(struct new_image *n, const struct plan *p, const struct old *o)
{
	const char *slash = strrchr(n->r.output, '/');
	char *dir = slash ? strndup(n->r.output,
				    (size_t)(slash - n->r.output) + 1) :
		    strdup(".");
	struct writer w = { .n = n, .p = p, .o = o };
	uint8_t id[32];
	int err;

	source_begin(n->r.output, NULL, true);
	err = deliver_begin(&w.out, &n->r, dir);
	if (!err && write_all(&w)) {
		deliver_abort(&w.out);
		err = -1;
	}
	if (!err) {
		describe(&w);
		hash_of(&w, "container", 0, id);
		err = deliver_end(&w.out, id);
	}
	progress_say("", 0, 0);
	free(dir);
	return err;
}
