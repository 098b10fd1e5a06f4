/*
 * The Flat Image Tree of the "Flattened Image Tree Specification" (U-Boot's
 * doc/usage/fit): a devicetree whose /images hold data, each with its hashes,
 * and whose /configurations say which of them belong together.  Data is in the
 * tree or behind it.  A ramdisk is left as it is, whatever its compression
 * says, as U-Boot leaves it: Linux unpacks it.  Device trees, loadables and
 * addresses are not for PCs; signatures would need a key.
 */
#include "loader/kernel/fit/fit.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/crc32.h"
#include "loader/fs/subfile.h"
#include "loader/hash.h"
#include "loader/kernel/carried.h"
#include "loader/kernel/fit/fit_tree.h"
#include "loader/platform.h"

#define CHUNK 65536u

struct fit {
	struct fit_tree tree;
	struct boot_entry *e;
	struct arena *arena;
	int images, conf;	/* nodes */
};

/* One part of it. */
struct part {
	const char *name;
	int node;
	struct file file;
	unsigned checked;	/* hashes that are right */
	const char *unknown;	/* a hash's algorithm that we do not have */
};

bool fit_probe(struct span head)
{
	return span_u32(&head, 0) == FIT_MAGIC_LE;
}

static bool begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static int find_conf(struct fit *fit)
{
	const struct fit_tree *t = &fit->tree;
	int confs = fit_tree_child(t, FIT_ROOT, "configurations");
	const char *name = fit_tree_text(t, confs, "default");

	fit->images = fit_tree_child(t, FIT_ROOT, "images");
	fit->conf = fit_tree_child(t, confs, name);
	if (fit->images == FIT_NONE || confs == FIT_NONE ||
	    fit->conf == FIT_NONE)
		return fail(ERR_EXEC_FORMAT, "%s: a devicetree, but no FIT "
			    "image with a default configuration",
			    fit->e->kernel_path);
	return 0;
}

/* False: there is no such number. */
static bool number(const struct fit *fit, int node, const char *name,
		   uint32_t *out)
{
	const struct fit_prop *p = fit_tree_prop(&fit->tree, node, name);

	if (!p || p->len != 4)
		return false;
	*out = fit_tree_word(p->value);
	return true;
}

static int open_data(const struct fit *fit, struct part *part)
{
	const struct fit_prop *p = fit_tree_prop(&fit->tree, part->node,
						 "data");
	uint64_t base = 0;
	uint32_t at, len;

	if (p)
		return subfile_open(&fit->e->kernel, p->at, p->len, fit->arena,
				    &part->file);
	if (!number(fit, part->node, "data-position", &at)) {
		base = (fit->tree.size + 3) & ~3ull;
		if (!number(fit, part->node, "data-offset", &at))
			return fail(ERR_EXEC_FORMAT, "%s: no data in %s",
				    fit->e->kernel_path, part->name);
	}
	if (!number(fit, part->node, "data-size", &len))
		return fail(ERR_EXEC_FORMAT, "%s: no data-size in %s",
			    fit->e->kernel_path, part->name);
	return subfile_open(&fit->e->kernel, base + at, len, fit->arena,
			    &part->file);
}

static int crc32_file(struct file *f, struct arena *arena, uint32_t *crc)
{
	size_t mark = arena_mark(arena);
	uint8_t *chunk = arena_alloc_raw(arena, CHUNK, 16);
	int err = chunk ? 0 : ERR_NO_MEMORY;

	*crc = 0;
	for (uint64_t off = 0; !err && off < f->size; off += CHUNK) {
		size_t len = f->size - off < CHUNK ? f->size - off : CHUNK;

		err = fs_read(f, off, len, chunk);
		*crc = crc32_more(*crc, chunk, err ? 0 : len);
	}
	arena_release(arena, mark);
	return err;
}

/* *SIZE bytes, as the tree has them; 0: an algorithm that we do not have. */
static int sum(const struct fit *fit, struct part *part, const char *algo,
	       uint8_t out[HASH_SIZE], uint32_t *size)
{
	const struct platform *p = fit->e->platform;
	uint32_t crc;
	int err = 0;

	*size = 0;
	if (!strcmp(algo, "sha256") && p && p->hash) {
		err = p->hash(p, &part->file, out);
		*size = HASH_SIZE;
	} else if (!strcmp(algo, "crc32")) {
		err = crc32_file(&part->file, fit->arena, &crc);
		for (int i = 0; i < 4; i++)
			out[i] = (uint8_t)(crc >> (24 - 8 * i));
		*size = 4;
	}
	return err;
}

static int check_hash(const struct fit *fit, struct part *part, int node)
{
	const struct fit_prop *value = fit_tree_prop(&fit->tree, node, "value");
	const char *algo = fit_tree_text(&fit->tree, node, "algo");
	uint8_t is[HASH_SIZE];
	uint32_t size;
	int err = sum(fit, part, algo, is, &size);

	if (err)
		return err;
	if (!size) {
		part->unknown = algo;
		return 0;
	}
	if (!value || value->len != size || memcmp(value->value, is, size))
		return fail(ERR_EXEC_FORMAT, "%s: %s is damaged: its %s is "
			    "another", fit->e->kernel_path, part->name, algo);
	part->checked++;
	return 0;
}

static int check_hashes(const struct fit *fit, struct part *part)
{
	const struct fit_tree *t = &fit->tree;
	int err = 0;

	for (int i = 0; !err && i < t->n_nodes; i++)
		if (t->node[i].parent == part->node &&
		    begins(t->node[i].name, "hash"))
			err = check_hash(fit, part, i);
	if (err || !part->unknown)
		return err;
	if (!part->checked)
		return fail(ERR_EXEC_FORMAT, "%s: %s has no hash that can be "
			    "checked, but %s", fit->e->kernel_path, part->name,
			    part->unknown);
	if (fit->e->platform)
		say(fit->e->platform, "%s: the %s of %s is not checked\n",
		    fit->e->kernel_path, part->unknown, part->name);
	return 0;
}

/* The part that the configuration names as ROLE; the same architecture. */
static int open_part(const struct fit *fit, const char *role,
		     struct part *part)
{
	const struct fit_tree *t = &fit->tree;
	const char *arch;
	int err;

	*part = (struct part){ .name = fit_tree_text(t, fit->conf, role) };
	part->node = fit_tree_child(t, fit->images, part->name);
	if (part->node == FIT_NONE)
		return fail(ERR_EXEC_FORMAT, "%s: no %s \"%s\"",
			    fit->e->kernel_path, role, part->name);
	arch = fit_tree_text(t, part->node, "arch");
	if (strcmp(arch, "x86") && strcmp(arch, "x86_64"))
		return fail(ERR_EXEC_FORMAT, "%s: %s is for \"%s\"",
			    fit->e->kernel_path, part->name, arch);
	err = open_data(fit, part);
	return err ? err : check_hashes(fit, part);
}

/* One that is gzip'd is unpacked by kernel_load(), or by its format. */
static int open_kernel(const struct fit *fit, struct part *part)
{
	const char *packed;
	int err = open_part(fit, "kernel", part);

	if (err)
		return err;
	packed = fit_tree_text(&fit->tree, part->node, "compression");
	if (*packed && strcmp(packed, "none") && strcmp(packed, "gzip"))
		return fail(ERR_EXEC_FORMAT, "%s: %s is packed with %s",
			    fit->e->kernel_path, part->name, packed);
	return 0;
}

static void tell_signatures(const struct fit *fit, int kernel, int ramdisk)
{
	const struct fit_tree *t = &fit->tree;

	for (int i = 0; fit->e->platform && i < t->n_nodes; i++) {
		int p = t->node[i].parent;

		if (!begins(t->node[i].name, "signature") ||
		    (p != fit->conf && p != kernel && p != ramdisk))
			continue;
		say(fit->e->platform, "%s: its signatures are not checked\n",
		    fit->e->kernel_path);
		return;
	}
}

/* *IN: E with what its kernel carries. */
static int open_fit(struct boot_entry *e, struct arena *arena,
		    struct boot_entry *in)
{
	struct fit fit = { .e = e, .arena = arena };
	struct part kernel, ramdisk = { .node = FIT_NONE };
	int err;

	*in = *e;
	if ((err = fit_tree_read(&fit.tree, &e->kernel, arena)) ||
	    (err = find_conf(&fit)) || (err = open_kernel(&fit, &kernel)))
		return err;
	in->kernel = kernel.file;
	if (fit_tree_prop(&fit.tree, fit.conf, "ramdisk") &&
	    ((err = open_part(&fit, "ramdisk", &ramdisk)) ||
	     (err = carried_initrd(in, &ramdisk.file))))
		return err;
	tell_signatures(&fit, kernel.node, ramdisk.node);
	return 0;
}

int fit_load(const struct kernel_format *const *kernels, struct boot_entry *e,
	     const struct memmap *map, struct arena *arena,
	     struct handover *ho)
{
	struct boot_entry *in = arena_alloc(arena, sizeof(*in));
	const char *name = ho->format;
	int err = in ? open_fit(e, arena, in) : ERR_NO_MEMORY;

	if (err)
		return err;
	err = kernel_load(kernels, in, map, arena, ho);
	ho->format = name;
	return err;
}
