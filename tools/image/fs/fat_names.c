/*
 * FAT's rules (Microsoft, "FAT32 File System Specification", long names):
 * UTF-16 without some characters, at most 255 units, no dot or blank at the
 * end, and two names that differ only in case are one.
 */
#include "tools/image/fs/fat_names.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "tools/image/tree/data.h"
#include "tools/report.h"

#define UNITS_MAX 255u

static int bad(const char *path, const char *why)
{
	return report_error("/%s: FAT cannot hold %s", path, why);
}

/* NAME's letters, small, for comparison; NULL when it is no UTF-8. */
static wchar_t *fold(const char *name, locale_t utf8)
{
	locale_t before = uselocale(utf8);
	size_t n = mbstowcs(NULL, name, 0);
	wchar_t *w = n == (size_t)-1 ? NULL : calloc(n + 1, sizeof(*w));

	if (w)
		mbstowcs(w, name, n + 1);
	for (size_t i = 0; w && i < n; i++)
		w[i] = (wchar_t)towlower((wint_t)w[i]);
	uselocale(before);
	return w;
}

/* mtools write such a name in an MS-DOS code page, and readers guess which. */
static bool short_not_ascii(const wchar_t *w)
{
	const wchar_t *dot = wcschr(w, L'.');
	size_t n = wcslen(w), base = dot ? (size_t)(dot - w) : n;
	bool ascii = true;

	for (size_t i = 0; i < n; i++)
		ascii = ascii && w[i] < 128;
	return !ascii && base <= 8 && n - base <= 4;
}

/* mtools do not write them, and DOS and Windows would open the device. */
static bool is_device(const wchar_t *w)
{
	static const wchar_t *const names[] = {
		L"aux", L"con", L"nul", L"prn", L"com1", L"com2", L"com3",
		L"com4", L"lpt1", L"lpt2", L"lpt3", L"lpt4",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!wcscmp(w, names[i]))
			return true;
	return false;
}

static const char *bad_name(const wchar_t *w)
{
	size_t units = 0, n = wcslen(w);

	for (size_t i = 0; i < n; i++) {
		units += w[i] > 0xffff ? 2 : 1;
		if (w[i] < 32 || w[i] == 127)
			return "a control character in a name";
		if (w[i] < 128 && strchr("\"*/:<>?\\|", (int)w[i]))
			return "any of \" * : < > ? \\ | in a name";
	}
	if (n && (w[n - 1] == '.' || w[n - 1] == ' '))
		return "a dot or blank at the end of a name";
	if (is_device(w))
		return "the name of a device of DOS";
	if (short_not_ascii(w))
		return "a short name (8.3) whose letters are not all ASCII";
	return units > UNITS_MAX ? "a name of more than 255 characters" : NULL;
}

static const char *bad_node(const struct tree_node *n, const wchar_t *name)
{
	/* To mtools a directory of this name is a pattern. */
	if (S_ISDIR(n->mode) && wcschr(name, L'['))
		return "a directory with [ in its name";
	if (!S_ISREG(n->mode) && !S_ISDIR(n->mode))
		return "links or devices";
	if (S_ISREG(n->mode) && n->nlink > 1)
		return "links: this file has more than one name";
	if (S_ISREG(n->mode) && n->size > UINT32_MAX)
		return "4 GiB in a file";
	return NULL;
}

struct folded {
	wchar_t *text;
	const char *name;
};

static int by_text(const void *a, const void *b)
{
	return wcscmp(((const struct folded *)a)->text,
		      ((const struct folded *)b)->text);
}

static int clash(const char *path, const char *a, const char *b)
{
	return report_error("/%s%s%s: FAT cannot hold %s beside it, which "
			    "differs only in case", path, path[0] ? "/" : "",
			    a, b);
}

struct checker {
	struct tree_visitor visitor;
	locale_t utf8;
	bool told, told_time;	/* that attributes are lost; and times */
};

/*
 * Owners and modes nobody expects on a FAT; attributes and early times are told
 * of once.
 */
static void tell_lost(struct checker *c, const struct tree_node *n,
		      const char *path, const char *name)
{
	if (!c->told_time && n->mtime.tv_sec < FAT_FIRST_TIME) {
		c->told_time = true;
		report_note("/%s%s%s: FAT cannot hold its time, before 1980, "
			    "nor those of others: they become 1980-01-01",
			    path, path[0] ? "/" : "", name);
	}
	if (c->told || !n->xattr)
		return;
	c->told = true;
	report_note("/%s%s%s: FAT cannot hold its extended attributes, nor "
		    "those of others", path, path[0] ? "/" : "", name);
}

static int check_dir(struct checker *c, const struct tree_node *d,
		     const char *path)
{
	struct folded *f = calloc(d->dir.n + 1, sizeof(*f));
	int err = 0;

	if (!f)
		abort();
	for (uint32_t i = 0; i < d->dir.n && !err; i++) {
		const char *name = d->dir.sorted[i]->text, *why;
		char full[TREE_PATH_MAX + TREE_NAME_MAX];

		tell_lost(c, d->dir.sorted[i]->node, path, name);
		f[i].name = name;
		f[i].text = fold(name, c->utf8);
		why = f[i].text ? bad_name(f[i].text) :
		      "a name that is no UTF-8";
		if (!why)
			why = bad_node(d->dir.sorted[i]->node,
				       f[i].text);
		if (!why)
			continue;
		strncpy(full, path, sizeof(full) - TREE_NAME_MAX - 2);
		full[sizeof(full) - TREE_NAME_MAX - 2] = 0;
		if (full[0])
			strcat(full, "/");
		err = bad(strcat(full, name), why);
	}
	if (!err)
		qsort(f, d->dir.n, sizeof(*f), by_text);
	for (uint32_t i = 1; i < d->dir.n && !err; i++)
		if (!by_text(&f[i - 1], &f[i]))
			err = clash(path, f[i - 1].name, f[i].name);
	for (uint32_t i = 0; i < d->dir.n; i++)
		free(f[i].text);
	free(f);
	return err;
}

static int check(struct tree_visitor *v, struct tree_node *n, const char *path)
{
	return S_ISDIR(n->mode) ? check_dir((struct checker *)v, n, path) : 0;
}

int fat_names_check(const struct tree *t)
{
	struct checker c = { { check },
			     newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL) };
	int err = filetree_walk(t, &c.visitor);

	freelocale(c.utf8);
	return err;
}
