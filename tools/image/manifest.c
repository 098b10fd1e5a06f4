/*
 * What is in an image, for programs: where its parts lie, what they are called,
 * and the hashes of what goes into them.
 */
#include <archive.h>
#include <ctype.h>
#include <ext2fs/ext2fs.h>
#include <jansson.h>
#include <libfdisk/libfdisk.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/build.h"
#include "tools/image/disk/boot_install.h"
#include "tools/image/recipe/part_data.h"
#include "tools/image/recipe/part_option.h"
#include "tools/image/recipe/part_types.h"
#include "tools/image/tree/data.h"
#include "tools/image/tree/name_json.h"
#include "tools/progress.h"
#include "tools/text.h"
#include "tools/version.h"

/* ---- what lies where ---- */

static const char *fs_name(enum recipe_fs fs)
{
	static const char *const names[] = { "ext2", "ext3", "ext4", "vfat" };

	return names[fs];
}

/* FAT has 32 bits for a UUID, written in capital letters. */
static json_t *fs_json(enum recipe_fs fs, const char *uuid, const char *label)
{
	char fat[16];

	snprintf(fat, sizeof(fat), "%.4s-%.4s", uuid, uuid + 4);
	for (char *p = fat; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return json_pack("{ss ss so}", "type", fs_name(fs), "uuid",
			 fs == FS_FAT32 ? fat : uuid, "label",
			 text_json(label));
}

static json_t *flags_json(const struct recipe_said *s, enum part_table table,
			  bool active)
{
	uint64_t flags = s ? s->flags : 0;
	json_t *list = json_array();

	if (table == PART_MBR && (s && s->has_flags ? flags : active))
		json_array_append_new(list, json_string("active"));
	for (int bit = 0; table == PART_GPT && bit < 64; bit++)
		if (flags >> bit & 1)
			json_array_append_new(list, json_integer(bit));
	return list;
}

/* A partition, before what is on it. */
struct row {
	unsigned number;
	const char *role, *name, *type, *uuid;
	const struct part_range *range;
};

static json_t *row_json(const struct build *b, struct row x)
{
	const struct recipe_said *s = part_option_find(&b->r, x.number);
	bool gpt = b->r.table == PART_GPT;
	json_t *j = json_pack("{ss sI sI}", "role", x.role, "offset",
			      (json_int_t)x.range->offset, "size",
			      (json_int_t)x.range->size);

	if (b->r.table == PART_NONE)
		return j;
	json_object_set_new(j, "number", json_integer(x.number));
	json_object_set_new(j, "type", json_string(s && s->type ? s->type :
						   x.type));
	json_object_set_new(j, "flags", flags_json(s, b->r.table, x.number ==
						   RECIPE_ROOT_NUMBER));
	if (gpt)
		json_object_set_new(j, "uuid", json_string(x.uuid));
	if (gpt)
		json_object_set_new(j, "name", text_json(s && s->name ?
							 s->name : x.name));
	return j;
}

static json_t *more_json(const struct build *b, unsigned i)
{
	static const char *const roles[] = { "data", "swap", "empty" };
	const struct recipe_part *p = &b->r.part[i];
	json_t *fs = NULL, *j = row_json(b, (struct row){
		2 + i, roles[p->kind], p->label,
		part_data_type(p, b->r.table), b->ids.more[i],
		&b->layout.more[i] });

	if (p->kind == PARTITION_FS)
		fs = fs_json(p->fs, b->more[i].uuid, p->label);
	else if (p->kind == PARTITION_SWAP)
		fs = json_pack("{ss ss ss}", "type", "swap", "uuid",
			       b->more[i].uuid, "label", "");
	if (fs)
		json_object_set_new(j, "fs", fs);
	return j;
}

static json_t *partitions_json(const struct build *b)
{
	const struct layout *l = &b->layout;
	json_t *list = json_array(), *j;

	j = row_json(b, (struct row){ RECIPE_ROOT_NUMBER, "root", "root",
				      layout_root_type(&b->r), b->ids.root,
				      &l->root });
	json_object_set_new(j, "fs", fs_json(b->r.fs, b->uuid,
					     b->r.label ? b->r.label :
					     b->r.fs == FS_FAT32 ? "TWINBOOT" :
					     ""));
	json_array_append_new(list, j);
	for (unsigned i = 0; i < b->r.n_parts; i++)
		json_array_append_new(list, more_json(b, i));
	if (l->bios.size)
		json_array_append_new(list, row_json(b, (struct row){
			RECIPE_BIOS_NUMBER, "bios", "BIOS boot",
			PART_TYPE_BIOS, b->ids.bios, &l->bios }));
	if (!l->esp.size)
		return list;
	j = row_json(b, (struct row){ RECIPE_ESP_NUMBER, "esp", "ESP",
				      PART_TYPE_ESP, b->ids.esp, &l->esp });
	json_object_set_new(j, "fs", fs_json(FS_FAT32, build_esp_uuid(b),
						     "ESP"));
	json_array_append_new(list, j);
	return list;
}

json_t *manifest_layout(const struct build *b)
{
	static const char *const tables[] = { "none", "mbr", "gpt" };
	json_t *boot = json_array(), *j;

	for (unsigned bit = BOOT_BIOS; bit <= BOOT_PV; bit <<= 1)
		if (b->r.boot & bit)
			json_array_append_new(boot,
				json_string(recipe_boot_name(bit)));
	j = json_pack("{ss so ss sI si ss so so}", "schema",
		      "twinboot-build-1", "image", text_json(b->r.output),
		      "format", format_name(b->r.format), "size",
		      (json_int_t)b->layout.size, "sector", (int)b->r.sector,
		      "table", tables[b->r.table], "boot", boot, "partitions",
		      partitions_json(b));
	if (b->r.table == PART_GPT)
		json_object_set_new(j, "uuid", json_string(b->ids.disk));
	if (b->r.table == PART_MBR)
		json_object_set_new(j, "uuid", json_sprintf("%08x",
							    b->ids.mbr));
	return j;
}

/* Of what took part. */
static json_t *versions(void)
{
	const char *ext2, *fdisk;

	ext2fs_get_library_version(&ext2, NULL);
	fdisk_get_library_version(&fdisk);
	return json_pack("{ss ss ss ss}", "twinboot", version_number,
			 "libext2fs", ext2, "libfdisk", fdisk, "libarchive",
			 archive_version_details());
}

/* ---- hashes ---- */

static json_t *hex_of(SHA2_CTX *sha)
{
	char hex[65];
	uint8_t h[32];

	SHA256Final(h, sha);
	for (unsigned i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", h[i]);
	return json_string(hex);
}

static json_t *hash_node(const struct tree_node *n, const char *path)
{
	static uint8_t buf[1 << 17];
	struct data_reader r;
	SHA2_CTX sha;
	ssize_t got;

	if (data_open(&r, n, path))
		return NULL;
	SHA256Init(&sha);
	while ((got = data_read_whole(&r, buf, sizeof(buf))) > 0)
		SHA256Update(&sha, buf, (size_t)got);
	data_close(&r);
	return got < 0 ? NULL : hex_of(&sha);
}

static json_t *hash_range(int fd, uint64_t at, uint64_t len)
{
	static uint8_t buf[1 << 17];
	uint64_t done = 0;
	SHA2_CTX sha;

	SHA256Init(&sha);
	while (done < len) {
		uint64_t left = len - done;
		size_t ask = left < sizeof(buf) ? (size_t)left : sizeof(buf);
		ssize_t n = pread(fd, buf, ask, (off_t)(at + done));

		if (n <= 0)
			return NULL;
		SHA256Update(&sha, buf, (size_t)n);
		done += (uint64_t)n;
		progress_say("hashing", done, len);
	}
	return hex_of(&sha);
}

struct files {
	struct tree_visitor visitor;
	json_t *list;
	unsigned partition;	/* 0: there are none */
};

static int add_file(struct tree_visitor *v, struct tree_node *n,
		    const char *path)
{
	const struct files *f = (struct files *)v;
	json_t *hash, *j;

	if (!S_ISREG(n->mode))
		return 0;
	hash = hash_node(n, path);
	if (!hash)
		return -1;
	j = json_pack("{so so sI}", "path", name_json("", path), "sha256", hash,
		      "size", (json_int_t)n->size);
	if (f->partition)
		json_object_set_new(j, "partition",
				    json_integer(f->partition));
	return json_array_append_new(f->list, j);
}

static int add_files(const struct build *b, struct files *f)
{
	f->partition = b->r.table == PART_NONE ? 0 : RECIPE_ROOT_NUMBER;
	if (filetree_walk(&b->tree, &f->visitor))
		return -1;
	for (unsigned i = 0; i < b->r.n_parts; i++) {
		f->partition = 2 + i;
		if (b->r.part[i].kind == PARTITION_FS &&
		    filetree_walk(&b->more[i].tree, &f->visitor))
			return -1;
	}
	f->partition = RECIPE_ESP_NUMBER;
	return b->esp.pool ? filetree_walk(&b->esp, &f->visitor) : 0;
}

static void add_program(const struct build *b, json_t *list, const char *name)
{
	char *path = boot_install_find(&b->r, name);
	FILE *f = path ? fopen(path, "re") : NULL;

	if (f)
		json_array_append_new(list, json_pack("{ss so}", "name", name,
			"sha256", hash_range(fileno(f), 0, (uint64_t)
				(fseek(f, 0, SEEK_END) ? 0 : ftell(f)))));
	if (f)
		fclose(f);
	free(path);
}

static json_t *programs(const struct build *b)
{
	static const char *const bios[] = { "mbr.bin", "ext.bin",
					    "stage2.bin" };
	json_t *list = json_array();

	for (unsigned i = 0; i < 3 && b->r.boot & BOOT_BIOS; i++)
		if (i != (b->r.table == PART_NONE ? 0 : 1))
			add_program(b, list, bios[i]);
	if (b->hv)
		add_program(b, list, "hv.elf");
	if (b->r.boot & BOOT_UEFI)
		add_program(b, list, "twinboot.efi");
	if (b->hv_efi)
		add_program(b, list, "hv.efi");
	return list;
}

json_t *manifest_make(const struct build *b, int raw)
{
	struct files f = { { add_file }, json_array(), 0 };
	json_t *j = manifest_layout(b), *hash;

	progress_say("hashing", 0, 0);
	json_object_set_new(j, "schema", json_string("twinboot-manifest-1"));
	json_object_set_new(j, "versions", versions());
	json_object_set_new(j, "programs", programs(b));
	hash = hash_range(raw, 0, b->layout.size);
	if (!hash || add_files(b, &f)) {
		json_decref(f.list);
		json_decref(j);
		return NULL;
	}
	json_object_set_new(j, "sha256", hash);
	json_object_set_new(j, "files", f.list);
	return j;
}
