/*
 * Reading an image's promise.  Modules are looked for in the kernel's file
 * system and in the initrd; built-in drivers in modules.builtin of either.
 * Without such a list nothing is known, and no boot is left out.
 */
#include "tools/promise.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "tools/carried.h"
#include "tools/hostboot.h"
#include "tools/hostdisk.h"
#include "tools/report.h"

#define FILE_LIMIT (256u << 20)	/* an initrd larger than this is not opened */

static const struct kernel_format *const formats[] = {
	&linux_format, &xenpv_format, &xenpv_packed_format, NULL
};

static const struct kernel_format *const pv_formats[] = {
	&xenpv_format, &xenpv_packed_format, NULL
};

struct look {
	struct promise *p;
	FILE *names;		/* module names, one a line */
	bool builtins;		/* a modules.builtin was found */
	char dirs[8][64];	/* below /lib/modules */
	unsigned n_dirs;
};

/* "kernel/drivers/block/virtio_blk.ko.xz" -> "virtio_blk" and a newline. */
static void put_module(struct look *l, const char *path, size_t len)
{
	size_t start = len, end;

	while (start && path[start - 1] != '/')
		start--;
	for (end = start; end + 3 <= len && memcmp(path + end, ".ko", 3); end++)
		;
	if (end + 3 > len)
		return;
	fwrite(path + start, 1, end - start, l->names);
	fputc('\n', l->names);
}

/* TEXT has a module's path at the start of each line. */
static void put_list(struct look *l, const char *text, size_t len)
{
	while (len) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;
		const char *colon = memchr(text, ':', n);

		put_module(l, text, colon ? (size_t)(colon - text) : n);
		len -= n + (nl != NULL);
		text += n + (nl != NULL);
	}
}

/* All of F in memory, or NULL. */
static char *slurp(struct file *f)
{
	char *buf = f->size <= FILE_LIMIT ? malloc(f->size + 1) : NULL;

	if (buf && fs_read(f, 0, f->size, buf)) {
		free(buf);
		buf = NULL;
	}
	err_clear();
	return buf;
}

static int keep_dir(void *ctx, const struct fs_dirent *e)
{
	struct look *l = ctx;

	if (e->name[0] != '.' && l->n_dirs < 8)
		snprintf(l->dirs[l->n_dirs++], sizeof(l->dirs[0]), "%s",
			 e->name);
	return 0;
}

static void look_at_root(struct look *l, struct fs *fs)
{
	static const char *const lists[] = { "modules.builtin", "modules.dep",
					     "modules.order" };
	struct file f;
	char path[160];

	if (!fs_open(fs, "/lib/modules", &f))
		fs_list(&f, keep_dir, l);
	for (unsigned i = 0; i < 3 * l->n_dirs; i++) {
		char *text;

		snprintf(path, sizeof(path), "/lib/modules/%s/%s",
			 l->dirs[i / 3], lists[i % 3]);
		err_clear();
		if (fs_open(fs, path, &f) || !(text = slurp(&f)))
			continue;
		l->builtins |= i % 3 == 0;
		put_list(l, text, f.size);
		free(text);
	}
	err_clear();
}

static void look_in_archive(struct look *l, struct archive *a)
{
	struct archive_entry *e;
	char text[65536];

	while (archive_read_next_header(a, &e) >= ARCHIVE_WARN) {
		const char *path = archive_entry_pathname(e);
		const char *slash = path ? strrchr(path, '/') : NULL;
		ssize_t n;

		if (!path)
			continue;
		put_module(l, path, strlen(path));
		if (strcmp(slash ? slash + 1 : path, "modules.builtin"))
			continue;
		n = archive_read_data(a, text, sizeof(text));
		if (n > 0)
			put_list(l, text, (size_t)n);
		l->builtins |= n > 0;
	}
}

static void look_at_initrd(struct look *l, const struct piece *piece)
{
	struct archive *a = archive_read_new();
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1];
	char *data = slurp(piece->file);
	size_t size = piece->file->size;
	SHA2_CTX sha;

	archive_read_support_filter_all(a);
	archive_read_support_format_cpio(a);
	if (data) {
		SHA256Init(&sha);
		SHA256Update(&sha, (const uint8_t *)data, size);
		SHA256Final(digest, &sha);
		for (unsigned i = 0; i < sizeof(digest); i++)
			sprintf(hex + 2 * i, "%02x", digest[i]);
		l->p->initrd_sha256 = strdup(hex);
		if (archive_read_open_memory(a, data, size) == ARCHIVE_OK)
			look_in_archive(l, a);
	}
	archive_read_free(a);
	free(data);
}

static void look_at_handover(void *ctx, const struct handover *ho)
{
	struct look *l = ctx;
	const struct piece *initrd = NULL;
	unsigned n = 0;

	l->p->cmdline = strdup(ho->cmdline ? ho->cmdline : "");
	for (unsigned i = 0; i < ho->n; i++) {
		const struct piece *p = &ho->piece[i];

		if (!strcmp(p->what, "kernel") && p->file && !i)
			look_at_root(l, p->file->fs);
		if (!strcmp(p->what, "initrd") && p->file) {
			initrd = p;
			n++;
		}
	}
	/* Of several only the kernel knows the sum. */
	if (n == 1)
		look_at_initrd(l, initrd);
}

static void look_at_disk(struct promise *p, struct blk *disk)
{
	static struct part_list parts;
	static struct hostboot hb;
	struct look l = { .p = p };
	size_t size;

	if (part_read(disk, &parts))
		parts.n = 0;
	err_clear();
	p->partitions = parts.table != PART_NONE;
	p->bios = carried_bios(disk, p->bios_why) != CARRIED_NOT;
	p->uefi = carried_uefi(disk, &parts, p->uefi_why,
			       &p->uefi_signed) != CARRIED_NOT;
	l.names = open_memstream(&p->modules, &size);
	fputc('\n', l.names);
	hb = (struct hostboot){ .look = look_at_handover, .ctx = &l };
	hostboot_run(&hb, disk, formats);
	fclose(l.names);
	if (!l.builtins) {
		free(p->modules);
		p->modules = NULL;
	}
	if (!hb.ok)
		snprintf(p->why, sizeof(p->why), "%s", hb.why);
	hostboot_release(&hb);
	hb = (struct hostboot){ 0 };
	hostboot_run(&hb, disk, pv_formats);
	p->pv = hb.ok;
	snprintf(p->pv_why, sizeof(p->pv_why), "%s", hb.why);
	hostboot_release(&hb);
}

int promise_read(struct promise *p, const char *image)
{
	int fd = open(image, O_RDONLY | O_CLOEXEC);
	struct hostdisk disk;

	*p = (struct promise){ 0 };
	if (fd < 0)
		return report_errno("%s", image);
	p->sector = hostdisk_sector(fd);
	if (hostdisk_attach(&disk, "hd0", fd, p->sector) || !disk.blk.count) {
		close(fd);
		return report_error("%s: not a disk image", image);
	}
	look_at_disk(p, &disk.blk);
	close(fd);
	return 0;
}

void promise_release(struct promise *p)
{
	free(p->cmdline);
	free(p->initrd_sha256);
	free(p->modules);
	*p = (struct promise){ 0 };
}

bool promise_has_driver(const struct promise *p, const char *const *names)
{
	char line[64];

	if (!p->modules || !names[0])
		return true;
	for (; *names; names++) {
		snprintf(line, sizeof(line), "\n%s\n", *names);
		if (strstr(p->modules, line))
			return true;
	}
	return false;
}
