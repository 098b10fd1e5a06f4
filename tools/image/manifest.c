/*
 * What is in an image, for programs: where its parts lie, what they are called,
 * and the hashes of what goes into them.
 */
#include <jansson.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/boot_install.h"
#include "tools/image/build.h"
#include "tools/image/data.h"
#include "tools/progress.h"
#include "tools/report.h"

static json_t *extent_json(const struct part_range *e, unsigned number,
			   const char *uuid)
{
	json_t *j = json_pack("{sI sI ss}", "offset", (json_int_t)e->offset,
			      "size", (json_int_t)e->size, "uuid", uuid);

	if (number)
		json_object_set_new(j, "partition", json_integer(number));
	return j;
}

json_t *manifest_layout(const struct build *b)
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
	for (unsigned i = 0; i < b->r.n_parts; i++) {
		if (!i)
			json_object_set_new(j, "more", json_array());
		json_array_append_new(json_object_get(j, "more"),
			extent_json(&l->more[i], 2 + i,
				    gpt ? b->ids.more[i] : ""));
	}
	return j;
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
};

/* Names that are no UTF-8 are written with %XX, and '%' as well. */
static json_t *name_json(const char *path)
{
	json_t *j = strchr(path, '%') ? NULL : json_string(path);
	char *text, *to;

	if (j)
		return j;
	to = text = malloc(3 * strlen(path) + 1);
	if (!text)
		abort();
	for (const char *p = path; *p; p++)
		if (*p == '%' || *p < 32 || *p > 126)
			to += sprintf(to, "%%%02X", (unsigned char)*p);
		else
			*to++ = *p;
	*to = 0;
	j = json_string(text);
	free(text);
	return j;
}

static int add_file(struct tree_visitor *v, struct tree_node *n,
		    const char *path)
{
	json_t *hash, *list = ((struct files *)v)->list;

	if (!S_ISREG(n->mode))
		return 0;
	hash = hash_node(n, path);
	if (!hash)
		return -1;
	return json_array_append_new(list, json_pack("{so so sI}", "path",
		name_json(path), "sha256", hash, "size",
		(json_int_t)n->size));
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
	if (b->r.boot & BOOT_UEFI)
		add_program(b, list, "twinboot.efi");
	return list;
}

json_t *manifest_make(const struct build *b, int raw)
{
	struct files f = { { add_file }, json_array() };
	json_t *j = manifest_layout(b), *hash;

	progress_say("hashing", 0, 0);
	json_object_set_new(j, "programs", programs(b));
	hash = hash_range(raw, 0, b->layout.size);
	if (!hash || filetree_walk(&b->tree, &f.visitor)) {
		json_decref(f.list);
		json_decref(j);
		return NULL;
	}
	json_object_set_new(j, "sha256", hash);
	json_object_set_new(j, "files", f.list);
	return j;
}
