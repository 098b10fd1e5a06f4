/*
 * What the image's default entry loads, found by the loader as a process and
 * copied into memory files that QEMU inherits.  If an image fails here as well,
 * its kernel is to blame and not the way to it.
 */
#include "tools/vm/direct.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/report.h"

#define CHUNK (1u << 20)

struct direct {
	int kernel, initrd;	/* -1: none */
	uint64_t initrd_addr;	/* of the first; the others follow it */
	char *cmdline;
	bool failed;
};

/* All of F into FD at OFF. */
static int copy(struct file *f, int fd, uint64_t off)
{
	char *chunk = malloc(CHUNK);
	uint64_t done = 0;
	int err = chunk ? 0 : -1;

	while (!err && done < f->size) {
		size_t n = f->size - done < CHUNK ? f->size - done : CHUNK;

		err = fs_read(f, done, n, chunk);
		if (!err && pwrite(fd, chunk, n, (off_t)(off + done)) !=
		    (ssize_t)n)
			err = -1;
		done += n;
	}
	free(chunk);
	return err;
}

static void take_piece(struct direct *d, const struct piece *p)
{
	if (!p->file)
		return;
	if (p->role == PIECE_KERNEL && d->kernel < 0) {
		d->kernel = memfd_create("kernel", 0);
		d->failed |= copy(p->file, d->kernel, 0);
	} else if (p->role == PIECE_INITRD) {
		if (d->initrd < 0) {
			d->initrd = memfd_create("initrd", 0);
			d->initrd_addr = p->addr;
		}
		d->failed |= copy(p->file, d->initrd, p->addr - d->initrd_addr);
	}
}

static void take_handover(void *ctx, const struct handover *ho)
{
	struct direct *d = ctx;

	d->cmdline = strdup(ho->cmdline ? ho->cmdline : "");
	for (unsigned i = 0; i < ho->n; i++)
		take_piece(d, &ho->piece[i]);
}

/* 0, or -1 with an error reported. */
static int find(struct direct *d, const struct vm_config *c)
{
	static struct hostboot hb;
	struct hostdisk disk;
	int err = -1;

	hb = (struct hostboot){ .look = take_handover, .ctx = d };
	if (hostdisk_attach(&disk, "hd0", c->fd, c->sector))
		report_error("%s: %s", c->image, err_text());
	else {
		hostboot_run(&hb, &disk.blk, &hostboot_linux);
		err = hb.ok && d->kernel >= 0 && !d->failed ? 0 :
		      report_error("%s: no kernel that QEMU can start: %s",
				   c->image, hb.why);
	}
	hostboot_release(&hb);
	return err;
}

static void add_file(struct vm_args *a, const char *option, int fd)
{
	if (fd < 0)
		return;
	path_add(a, option);
	path_addf(a, "/proc/self/fd/%d", fd);
	a->fd[a->n_fds++] = fd;
}

int direct_machine(struct vm_args *a, const struct vm_config *c)
{
	struct direct d = { -1, -1, 0, NULL, false };
	int err = find(&d, c);

	add_file(a, "-kernel", d.kernel);
	add_file(a, "-initrd", d.initrd);
	if (!err) {
		path_machine(a, c, "pc");
		path_add(a, "-append");
		path_addf(a, "%s", d.cmdline);
	}
	free(d.cmdline);
	return err;
}
