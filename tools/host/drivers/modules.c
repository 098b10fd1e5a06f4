/*
 * Modules are looked for in the kernel's file system and in the initrd;
 * built-in drivers in modules.builtin of either.  Decompression is
 * libarchive's; what an initrd unpacks to is never held.
 */
#include "tools/host/drivers/modules.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/linux/linux_image.h"
#include "tools/filter.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/drivers/cpio.h"

#define DIRS 8		/* kernels in /lib/modules that are looked at */
#define ARCHIVES 8	/* in one initrd */
#define NAMES_MAX (4l << 20)	/* bytes of names that are kept */
#define UNPACK_MAX (1ll << 30)	/* bytes of one archive that are looked at */
#define ENTRIES_MAX (1u << 18)
#define BLOCK 4096u		/* bytes given at once: they may be many more */

/* A compressed stream in memory, given piece by piece. */
struct feed {
	const char *data;
	size_t size, at;
	bool ended;		/* before its end: it unpacks to too much */
};

struct dirs {
	char name[DIRS][64];
	unsigned n;
};

void modules_open(struct modules *m)
{
	*m = (struct modules){ 0 };
	m->names = open_memstream(&m->text, &m->size);
	if (!m->names)
		abort();
	fputc('\n', m->names);
}

char *modules_found(struct modules *m, bool *all)
{
	fclose(m->names);
	*all = m->builtins && !m->many;
	return m->text;
}

char *modules_close(struct modules *m)
{
	bool all;
	char *names = modules_found(m, &all);

	if (all)
		return names;
	free(names);
	return NULL;
}

/* "kernel/drivers/block/virtio_blk.ko.xz" -> "virtio_blk" and a newline. */
static void put_module(struct modules *m, const char *path, size_t len)
{
	size_t start = len, end;

	while (start && path[start - 1] != '/')
		start--;
	for (end = start; end + 3 <= len && memcmp(path + end, ".ko", 3); end++)
		;
	if (end + 3 > len || memchr(path + start, 0, end - start))
		return;
	m->many |= ftell(m->names) > NAMES_MAX;
	if (m->many)
		return;
	fwrite(path + start, 1, end - start, m->names);
	fputc('\n', m->names);
}

/* TEXT has a module's path at the start of each line. */
static void put_list(struct modules *m, const char *text, size_t len)
{
	while (len) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;
		const char *colon = memchr(text, ':', n);

		put_module(m, text, colon ? (size_t)(colon - text) : n);
		len -= n + (nl != NULL);
		text += n + (nl != NULL);
	}
}

static int keep_dir(void *ctx, const struct fs_dirent *e)
{
	struct dirs *d = ctx;

	if (e->name[0] != '.' && d->n < DIRS)
		snprintf(d->name[d->n++], sizeof(d->name[0]), "%s", e->name);
	return 0;
}

bool modules_release(struct file *kernel, char release[80])
{
	struct linux_image img;
	char text[80] = "";
	bool is = !linux_image_read(&img, kernel);

	if (!is || !img.hdr.kernel_version ||
	    fs_read(kernel, img.hdr.kernel_version + 0x200ull,
		    sizeof(text) - 1, text))
		text[0] = 0;
	snprintf(release, 80, "%.*s", (int)strcspn(text, " "), text);
	err_clear();
	return is;
}

void modules_in_kernel(struct modules *m, struct fs *fs, const char *release,
		       bool built_in)
{
	static const char *const lists[] = { "modules.builtin", "modules.dep",
					     "modules.order" };
	struct file f;
	char path[160], *text;

	for (unsigned i = 0; i < (built_in ? 1 : 3); i++) {
		snprintf(path, sizeof(path), "/lib/modules/%s/%s", release,
			 lists[i]);
		err_clear();
		if (fs_open(fs, path, &f) || !(text = hostboot_slurp(&f)))
			continue;
		m->builtins |= i == 0;
		put_list(m, text, f.size);
		free(text);
	}
	err_clear();
}

void modules_in_root(struct modules *m, struct fs *fs)
{
	struct dirs dirs = { .n = 0 };
	struct file f;

	if (!fs_open(fs, "/lib/modules", &f))
		fs_list(&f, keep_dir, &dirs);
	for (unsigned i = 0; i < dirs.n; i++)
		modules_in_kernel(m, fs, dirs.name[i], false);
	err_clear();
}

static bool is_init(const char *name)
{
	return !strcmp(name, "init") || !strcmp(name, "./init") ||
	       !strcmp(name, "/init");
}

static bool wants(void *ctx, const char *name)
{
	const char *slash = strrchr(name, '/');

	put_module(ctx, name, strlen(name));
	return is_init(name) ||
	       !strcmp(slash ? slash + 1 : name, "modules.builtin");
}

static void take_content(void *ctx, const char *name, const char *data,
			 size_t len)
{
	static const char report[] = "USERSPACE {\"kernel\":";
	struct modules *m = ctx;

	if (is_init(name)) {	/* the last one counts */
		m->has_probe = memmem(data, len, report, sizeof(report) - 1);
	} else {
		put_list(m, data, len);
		m->builtins |= len > 0;
	}
}

static ssize_t feed_next(struct archive *a, void *ctx, const void **block)
{
	struct feed *f = ctx;
	size_t n = f->size - f->at < BLOCK ? f->size - f->at : BLOCK;

	*block = f->data + f->at;
	f->at += n;
	return (ssize_t)n;
}

/* All that A unpacks, up to a limit, into C.  NULL, or what is wrong. */
static const char *unpack(struct archive *a, struct feed *f, struct cpio *c)
{
	uint64_t total = 0;
	const void *buf;
	la_int64_t at;
	size_t len;
	int err;

	while ((err = archive_read_data_block(a, &buf, &len, &at)) ==
	       ARCHIVE_OK) {
		total += len;
		f->ended = total > UNPACK_MAX || c->entries > ENTRIES_MAX;
		if (f->ended || cpio_feed(c, buf, len) < len)
			return NULL;
	}
	return err == ARCHIVE_EOF ? NULL : filter_error(a);
}

/* The compressed archives that F gives.  NULL, or what is wrong with them. */
static const char *take_packed(struct cpio *c, struct feed *f, char why[128])
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	const char *wrong = NULL;

	if (!a)
		abort();
	archive_read_support_format_raw(a);
	if (!filter_add(a, filter_of(f->data, f->size)) &&
	    archive_read_open(a, f, NULL, feed_next, NULL) == ARCHIVE_OK &&
	    archive_read_next_header(a, &e) == ARCHIVE_OK)
		wrong = unpack(a, f, c);
	if (wrong)
		snprintf(why, 128, "%.90s", wrong);
	archive_read_free(a);
	return wrong ? why : NULL;
}

/*
 * The archives at DATA: as they are, and then one compressed stream, of which
 * nobody knows where it ends.  Returns how many bytes that was.
 */
static size_t take_archives(struct modules *m, const char *data, size_t size,
			    char why[128])
{
	struct cpio *c = calloc(1, sizeof(*c));
	struct feed f = { data, size, 0, false };
	const char *wrong = NULL;
	char text[128];

	if (!c)
		abort();
	*c = (struct cpio){ .wants = wants, .content = take_content, .ctx = m };
	if (filter_of(data, size)) {
		wrong = take_packed(c, &f, text);
		f.at = size;
	} else {
		f.at = cpio_feed(c, data, size);
	}
	if (!wrong && !f.ended && !cpio_ended(c))
		wrong = c->broken ? "an entry is not one" : "it ends too early";
	/* What never was an archive is not ours to judge. */
	if (wrong && c->entries)
		snprintf(why, 128, "the initrd is damaged: %.90s", wrong);
	m->many |= f.ended;
	free(c);
	return f.at;
}

void modules_in_initrd(struct modules *m, const char *data, size_t size,
		       char why[128])
{
	size_t off = 0;

	why[0] = 0;
	for (unsigned i = 0; i < ARCHIVES && size - off > 4 && !why[0]; i++) {
		size_t used = take_archives(m, data + off, size - off, why);

		if (!used)
			break;
		off += used;
	}
}
