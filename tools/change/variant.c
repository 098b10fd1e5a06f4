/*
 * Copies are made when the first cell that needs one is due, and go with the
 * last: there are never more than machines that run.  What can be known before
 * is an error before anything runs.
 */
#include "tools/change/variant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "tools/change/initrds.h"
#include "tools/host/disk/eltorito.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/host/menu/menupick.h"
#include "tools/image/disk/boot_install.h"
#include "tools/image/recipe/recipe.h"
#include "tools/report.h"

#define PROBE_FILE "probe-init.cpio"
#define PROBE_MAX (16u << 20)
#define VARIANTS_MAX 512u

/* ---- what there is ---- */

static struct variant *add_one(struct variants *list, const struct image *from,
			       bool probe)
{
	struct variant *v = calloc(1, sizeof(*v));

	list->v = realloc(list->v, (list->n + 1) * sizeof(*list->v));
	if (!v || !list->v)
		abort();
	*v = (struct variant){ .image = from->path, .from = from,
			       .entry = "default", .probe = probe,
			       .copy.fd = -1,
			       .disk = from->is_copy ? from->name :
				       from->path };
	list->v[list->n++] = v;
	return v;
}

/* Open until the end; NULL with an error reported. */
static const struct image *add_image(struct variants *list, const char *path,
				     bool backing)
{
	struct image *img = malloc(sizeof(*img));

	list->image = realloc(list->image, (list->n_images + 1) *
			      sizeof(*list->image));
	if (!img || !list->image)
		abort();
	if (image_open(img, path, backing)) {
		free(img);
		return NULL;
	}
	list->image[list->n_images++] = img;
	return img;
}

static int read_menu(const char *image, int fd, struct hostboot_menu *menu)
{
	struct hostdisk disk;
	struct eltorito cd;

	err_clear();
	if (!hostdisk_attach(&disk, "hd0", fd, hostdisk_sector(fd))) {
		cd = eltorito_read(&disk.blk);
		if (cd.bios || cd.uefi)
			return report_error("%s: no entry can be chosen: it is "
					    "a CD, whose own menu is not read",
					    image);
		if (!hostboot_menu(menu, &disk.blk))
			return 0;
	}
	return report_error("%s: no entry can be chosen: %s", image,
			    err_text());
}

/* How many entries FROM has; -1: an error is reported. */
static int count_entries(const struct image *from)
{
	struct hostboot_menu menu;

	if (read_menu(from->path, from->fd, &menu))
		return -1;
	free(menu.text);
	return (int)(menu.n_entries + menu.n_further);
}

static int read_promise(struct variant *v, int fd)
{
	if (expected_read(&v->promise, v->image, fd, EXPECTED_MEM_MB))
		return -1;
	if (!v->promise.starts && !v->probe)
		v->promise.probe_init = initrds_report(v->image, fd);
	return 0;
}

static void pick(struct variants *list, const struct image *from,
		 uint32_t number, bool probe)
{
	struct variant *v = add_one(list, from, probe);

	v->pick = true;
	v->number = number;
	snprintf(v->entry, sizeof(v->entry), "%u", number);
}

int variant_check(const char *entries)
{
	const char *p = entries;
	int32_t number;

	if (!entries || !strcmp(entries, "all"))
		return 0;
	do {
		if (lst_number(&p, &number) || (*p && *p != ','))
			return report_error("--entries %s: not numbers with "
					    "commas between, or all", entries);
	} while (*p++);
	return 0;
}

static int add_listed(struct variants *list, const struct image *from,
		      const char *entries, uint32_t n, bool probe)
{
	const char *p = entries;
	int32_t number;

	do {
		lst_number(&p, &number);
		if ((uint32_t)number >= n)
			return report_error("%s: menu.lst has no entry %d, it "
					    "has %u from 0 on", from->path,
					    number, n);
		pick(list, from, (uint32_t)number, probe);
	} while (*p++);
	return 0;
}

int variant_add(struct variants *list, const char *image, bool backing,
		const char *entries, bool probe)
{
	const struct image *from = add_image(list, image, backing);
	struct variant *v;
	int n;

	if (!from)
		return -1;
	if (!entries) {
		v = add_one(list, from, probe);
		if (probe)
			return 0;
		v->state = VARIANT_READY;
		return read_promise(v, from->fd);
	}
	n = count_entries(from);
	if (n < 0)
		return -1;
	if (strcmp(entries, "all"))
		return add_listed(list, from, entries, (uint32_t)n, probe);
	if ((uint32_t)n > VARIANTS_MAX)
		return report_error("%s: %d entries, %u at most", image, n,
				    VARIANTS_MAX);
	for (uint32_t i = 0; i < (uint32_t)n; i++)
		pick(list, from, i, probe);
	return n ? 0 : report_error("%s: menu.lst has no entry", image);
}

/* ---- making a copy ---- */

static int choose_entry(struct variant *v)
{
	struct hostboot_menu menu;
	size_t len = 0;
	char *text;
	int err;

	if (read_menu(v->image, v->copy.fd, &menu))
		return -1;
	text = menupick_text(menu.text, menu.len, v->number, &len);
	err = text ? imagecopy_replace(&v->copy, &menu.at, text, len) :
	      report_error("%s: %s: no memory", v->image, menu.at.path);
	free(text);
	free(menu.text);
	return err;
}

static void *read_probe(size_t *len)
{
	static const struct recipe none;
	char *path = boot_install_find(&none, PROBE_FILE),
	     *buf = malloc(PROBE_MAX);
	FILE *f = path ? fopen(path, "re") : NULL;

	if (!f || !buf) {
		report_error("%s: not found; `make' builds it", PROBE_FILE);
		free(buf);
		buf = NULL;
	} else {
		*len = fread(buf, 1, PROBE_MAX, f);
	}
	if (f)
		fclose(f);
	free(path);
	return buf;
}

/* 0, also when there is nothing to put it into; -1 reported. */
static int put_probe(struct variant *v)
{
	static struct initrds list;
	struct hostdisk disk;
	size_t len = 0;
	void *cpio = read_probe(&len);
	int err = cpio ? 0 : -1;

	if (!err && hostdisk_attach(&disk, "hd0", v->copy.fd,
				    hostdisk_sector(v->copy.fd)))
		err = report_error("%s: %s", v->image, err_text());
	if (!err)
		initrds_find(&list, &disk.blk);
	for (unsigned i = 0; !err && i < list.n; i++)
		err = initrds_append(&v->copy, &list.at[i], cpio, len);
	if (!err && !list.n && list.none) {
		v->state = VARIANT_SKIP;
		snprintf(v->why, sizeof(v->why), "%s", list.none);
	}
	free(cpio);
	return err;
}

static int make_copy(struct variant *v)
{
	if (imagecopy_make(&v->copy, v->from) ||
	    (v->pick && choose_entry(v)) || (v->probe && put_probe(v)))
		return -1;
	v->disk = v->copy.name;
	return read_promise(v, v->copy.fd);
}

enum variant_state variant_ready(struct variant *v)
{
	if (v->state != VARIANT_WAITS)
		return v->state;
	if (make_copy(v)) {
		v->state = VARIANT_ERROR;
		snprintf(v->why, sizeof(v->why), "%s", report_last());
	} else if (v->state == VARIANT_WAITS) {
		v->state = VARIANT_READY;
	}
	if (v->state != VARIANT_READY)
		variant_drop(v);
	return v->state;
}

void variant_drop(struct variant *v)
{
	imagecopy_drop(&v->copy);
}

void variant_release(struct variants *list)
{
	for (unsigned i = 0; i < list->n; i++) {
		variant_drop(list->v[i]);
		expected_release(&list->v[i]->promise);
		free(list->v[i]);
	}
	for (unsigned i = 0; i < list->n_images; i++) {
		image_close(list->image[i]);
		free(list->image[i]);
	}
	free(list->v);
	free(list->image);
	*list = (struct variants){ 0 };
}
