/*
 * Modules are looked for in the kernel's file system and in the initrd;
 * built-in drivers in modules.builtin of either.  Archives are libarchive's.
 */
#include "tools/host/modules.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "tools/host/hostboot.h"

#define DIRS 8		/* kernels in /lib/modules that are looked at */
#define ARCHIVES 8	/* in one initrd */

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

char *modules_close(struct modules *m)
{
	fclose(m->names);
	if (m->builtins)
		return m->text;
	free(m->text);
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

void modules_in_root(struct modules *m, struct fs *fs)
{
	static const char *const lists[] = { "modules.builtin", "modules.dep",
					     "modules.order" };
	struct dirs dirs = { .n = 0 };
	struct file f;
	char path[160];

	if (!fs_open(fs, "/lib/modules", &f))
		fs_list(&f, keep_dir, &dirs);
	for (unsigned i = 0; i < 3 * dirs.n; i++) {
		char *text;

		snprintf(path, sizeof(path), "/lib/modules/%s/%s",
			 dirs.name[i / 3], lists[i % 3]);
		err_clear();
		if (fs_open(fs, path, &f) || !(text = hostboot_slurp(&f)))
			continue;
		m->builtins |= i % 3 == 0;
		put_list(m, text, f.size);
		free(text);
	}
	err_clear();
}

static void take_entry(struct modules *m, struct archive *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	char text[65536];
	ssize_t n;

	put_module(m, path, strlen(path));
	if (strcmp(slash ? slash + 1 : path, "modules.builtin"))
		return;
	n = archive_read_data(a, text, sizeof(text));
	if (n > 0)
		put_list(m, text, (size_t)n);
	m->builtins |= n > 0;
}

/*
 * Only an archive that is not compressed says where it ends, and so where the
 * next begins: microcode comes this way.  0: nothing follows.
 */
static size_t archive_end(const char *data, size_t size)
{
	static const char last[] = "TRAILER!!!";
	const char *at = memcmp(data, "0707", 4) ? NULL :
			 memmem(data, size, last, sizeof(last));
	size_t end = at ? (size_t)(at - data) + sizeof(last) : size;

	while (end < size && !data[end])
		end++;
	return end < size ? end : 0;
}

/* Entries of the archive at DATA; -1 when it ends too early. */
static int take_archive(struct modules *m, struct archive *a, const char *data,
			size_t size)
{
	struct archive_entry *e;
	unsigned n = 0;
	int err;

	archive_read_support_filter_all(a);
	archive_read_support_format_cpio(a);
	if (archive_read_open_memory(a, data, size) != ARCHIVE_OK)
		return 0;
	while ((err = archive_read_next_header(a, &e)) != ARCHIVE_EOF &&
	       err >= ARCHIVE_WARN) {
		const char *path = archive_entry_pathname(e);

		n++;
		if (path)
			take_entry(m, a, path);
	}
	/* What never was an archive is not ours to judge. */
	return err == ARCHIVE_EOF || !n ? 0 : -1;
}

void modules_in_initrd(struct modules *m, const char *data, size_t size,
		       char why[128])
{
	size_t off = 0, next;

	why[0] = 0;
	for (unsigned i = 0; i < ARCHIVES && size - off > 4; i++, off += next) {
		struct archive *a = archive_read_new();

		if (take_archive(m, a, data + off, size - off))
			snprintf(why, 128, "the initrd is damaged: %.90s",
				 archive_error_string(a));
		archive_read_free(a);
		next = archive_end(data + off, size - off);
		if (!next || why[0])
			break;
	}
}
