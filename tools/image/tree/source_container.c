/*
 * Container images: an OCI image layout (image-spec, image-layout.md) or what
 * `docker save` writes, as a directory or an archive.  It was read as a tree;
 * its layers, lowest first, become another.
 */
#include <archive.h>
#include <errno.h>
#include <jansson.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/image/tree/data.h"
#include "tools/image/tree/gate.h"
#include "tools/image/tree/source.h"
#include "tools/report.h"

#define JSON_MAX (16u << 20)
#define INDEX_DEPTH 4		/* indices that name indices */

struct container {
	struct tree *from;
	struct tree rootfs;
	const char *name;	/* of the input, for errors */
};

static int bad(const struct container *c, const char *what, const char *why)
{
	return report_error("%s: container image: %s%s", c->name, what, why);
}

static const struct tree_node *file_of(const struct container *c,
				       const char *path)
{
	const struct tree_node *n = gate_lookup(c->from, path, true);

	return n && S_ISREG(n->mode) ? n : NULL;
}

/* NULL without a word when PATH is no file or no JSON. */
static json_t *json_of(const struct container *c, const char *path)
{
	const struct tree_node *n = file_of(c, path);
	char *text = n && n->size <= JSON_MAX ? data_text(n, JSON_MAX, path) :
		     NULL;
	json_t *j = text ? json_loadb(text, n->size, 0, NULL) : NULL;

	free(text);
	return j;
}

/* ---- one layer ---- */

struct layer {
	struct data_reader in;
	uint8_t buf[1 << 17];
};

static ssize_t read_layer(struct archive *a, void *data, const void **out)
{
	struct layer *l = data;
	ssize_t n = data_read_whole(&l->in, l->buf, sizeof(l->buf));

	*out = l->buf;
	if (n < 0)
		archive_set_error(a, EIO, "unreadable");
	return n;
}

/* "sha256:HEX" of what N holds?  Other algorithms are not checked. */
static int check_digest(const struct container *c, const struct tree_node *n,
			const char *digest)
{
	static uint8_t buf[1 << 17];
	char hex[65] = "";
	struct data_reader r;
	uint8_t h[32];
	SHA2_CTX sha;
	ssize_t got;

	if (strncmp(digest, "sha256:", 7))
		return 0;
	SHA256Init(&sha);
	if (data_open(&r, n, digest))
		return -1;
	while ((got = data_read_whole(&r, buf, sizeof(buf))) > 0)
		SHA256Update(&sha, buf, (size_t)got);
	data_close(&r);
	SHA256Final(h, &sha);
	for (unsigned i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", h[i]);
	if (got < 0)
		return -1;
	return strcmp(hex, digest + 7) ?
	       bad(c, digest, " is not what its name says") : 0;
}

static int add_layer(struct container *c, const struct tree_node *n,
		     const char *what)
{
	struct archive *a = archive_read_new();
	static struct layer l;
	struct tree t;
	uint64_t members;
	int err;

	if (data_open(&l.in, n, what)) {
		archive_read_free(a);
		return -1;
	}
	archive_read_support_filter_all(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_empty(a);
	filetree_init(&t, &c->rootfs);
	if (archive_read_open(a, &l, NULL, read_layer, NULL) < ARCHIVE_WARN)
		err = bad(c, what, ": no layer");
	else
		err = source_archive(&t, &c->rootfs, a, what, &members);
	if (!err)
		err = gate_merge(&c->rootfs, &t, true);
	archive_read_free(a);
	data_close(&l.in);
	filetree_free(&t);
	return err;
}

/* ---- OCI ---- */

/* The blob of DESCRIPTOR, its bytes checked; NULL reported. */
static const struct tree_node *blob(const struct container *c,
				    const json_t *descriptor, char path[256])
{
	const char *digest = json_string_value(json_object_get(descriptor,
							       "digest"));
	const char *colon = digest ? strchr(digest, ':') : NULL;
	const struct tree_node *n;

	if (!colon || strlen(digest) > 200 || strchr(digest, '/')) {
		bad(c, "", "a descriptor without a digest");
		return NULL;
	}
	snprintf(path, 256, "blobs/%.*s/%s", (int)(colon - digest), digest,
		 colon + 1);
	n = file_of(c, path);
	if (!n)
		bad(c, path, " is not there");
	else if (check_digest(c, n, digest))
		n = NULL;
	return n;
}

static int apply_manifest(struct container *c, const json_t *manifest)
{
	const json_t *layers = json_object_get(manifest, "layers");
	char path[256];
	size_t i;
	const json_t *d;

	if (!json_is_array(layers))
		return bad(c, "", "a manifest without layers");
	json_array_foreach(layers, i, d) {
		const struct tree_node *n = blob(c, d, path);

		if (!n || add_layer(c, n, path))
			return -1;
	}
	return 0;
}

/* Is DESCRIPTOR for this machine, as far as it says? */
static bool for_us(const json_t *descriptor)
{
	const json_t *p = json_object_get(descriptor, "platform");
	const char *cpu = json_string_value(json_object_get(p, "architecture"));
	const char *os = json_string_value(json_object_get(p, "os"));

	return (!cpu || !strcmp(cpu, "amd64")) && (!os || !strcmp(os, "linux"));
}

/* The one image that an index has for us.  Names index or manifest in PATH. */
static int apply_index(struct container *c, json_t *index, unsigned depth)
{
	const json_t *list = json_object_get(index, "manifests");
	const json_t *d, *found = NULL;
	char path[256];
	json_t *j;
	size_t i;
	int err;

	json_array_foreach(list, i, d) {
		if (!for_us(d))
			continue;
		if (found && !json_equal(json_object_get(found, "digest"),
					 json_object_get(d, "digest")))
			return bad(c, "", "more than one image is in it");
		found = d;
	}
	if (!found || depth == INDEX_DEPTH)
		return bad(c, "", "no image for linux/amd64 is in it");
	if (!blob(c, found, path))
		return -1;
	j = json_of(c, path);
	if (!j)
		return bad(c, path, " is no JSON");
	err = json_object_get(j, "manifests") ? apply_index(c, j, depth + 1) :
	      apply_manifest(c, j);
	json_decref(j);
	return err;
}

/* ---- docker save ---- */

/* A list of images with layers that are all there? */
static bool is_saved(const struct container *c, const json_t *list)
{
	const json_t *image, *layers, *l;
	size_t i, k;

	json_array_foreach(list, i, image) {
		layers = json_object_get(image, "Layers");
		if (!json_is_array(layers) || !json_object_get(image, "Config"))
			return false;
		json_array_foreach(layers, k, l)
			if (!json_is_string(l) ||
			    !file_of(c, json_string_value(l)))
				return false;
	}
	return json_array_size(list) > 0;
}

static int apply_saved(struct container *c, const json_t *list)
{
	const json_t *layers = json_object_get(json_array_get(list, 0),
					       "Layers"), *l;
	size_t i;

	if (json_array_size(list) > 1)
		return bad(c, "", "more than one image is in it");
	json_array_foreach(layers, i, l) {
		const char *path = json_string_value(l);

		if (add_layer(c, file_of(c, path), path))
			return -1;
	}
	return 0;
}

int source_container(struct tree *t, const char *name)
{
	struct container c = { .from = t, .name = name };
	json_t *index = file_of(&c, "oci-layout") ? json_of(&c, "index.json") :
			NULL;
	json_t *saved = json_of(&c, "manifest.json");
	int err = 0;

	if (!json_is_array(json_object_get(index, "manifests")) &&
	    !is_saved(&c, saved)) {
		json_decref(index);
		json_decref(saved);
		return 0;
	}
	filetree_init(&c.rootfs, t);
	if (is_saved(&c, saved))
		err = apply_saved(&c, saved);
	else
		err = apply_index(&c, index, 0);
	json_decref(index);
	json_decref(saved);
	free(t->table);
	t->table = c.rootfs.table;
	t->root = c.rootfs.root;
	t->n = c.rootfs.n;
	t->slots = c.rootfs.slots;
	return err;
}
