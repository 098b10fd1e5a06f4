/*
 * xl.cfg(5).  A disk's target goes last: from "target=" on everything is the
 * file's name (xl-disk-configuration(5)).
 */
#include "tools/adopt/xl.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/disk/boot_install.h"
#include "tools/report.h"

/* NEW's name without directory and suffix, as a domain may be called. */
static void domain_name(const char *path, char name[64])
{
	const char *slash = strrchr(path, '/');
	size_t n = 0;

	for (path = slash ? slash + 1 : path; *path && *path != '.' && n < 63;
	     path++)
		name[n++] = isalnum((unsigned char)*path) ? *path : '-';
	name[n] = 0;
	if (!n)
		strcpy(name, "guest");
}

static void print(FILE *f, const struct plan *p, const struct recipe *r,
		  const char *kernel, const char *target)
{
	static const char *const formats[] = {
		[FORMAT_RAW] = "raw", [FORMAT_QCOW2] = "qcow2",
		[FORMAT_VMDK] = "raw", [FORMAT_VHDX] = "raw",
		[FORMAT_VPC] = "vhd",
	};
	char name[64];

	domain_name(r->output, name);
	fprintf(f, "# Made by `twinboot adopt'.\nname   = \"%s\"\n"
		"type   = \"pv\"\nkernel = \"%s\"\nmemory = 1024\n"
		"vcpus  = 1\ndisk   = [ \"format=%s, vdev=%s, access=rw, "
		"target=%s\" ]\n# vif    = [ \"bridge=xenbr0\" ]\n", name,
		kernel, formats[r->format], p->disk, target);
}

/* The whole name of NEW, which is not there yet. */
static char *target_of(const char *output)
{
	const char *slash = strrchr(output, '/');
	const char *name = slash ? slash + 1 : output;
	char *dir = slash ? strndup(output, (size_t)(name - output)) :
		    strdup(".");
	char *whole = realpath(dir, NULL), *target;

	if (asprintf(&target, "%s/%s", whole && whole[1] ? whole : "", name) <
	    0)
		abort();
	free(whole);
	free(dir);
	return target;
}

/* On the disk, so that only its name can still fail. */
static int put(struct xl *x, const char *text, size_t size)
{
	if (output_open(&x->out, x->path))
		return -1;
	if (write(x->out.fd, text, size) == (ssize_t)size &&
	    !fsync(x->out.fd))
		return 0;
	report_errno("%s", x->path);
	output_abort(&x->out);
	return -1;
}

int xl_begin(struct xl *x, const struct plan *p, const struct recipe *r)
{
	char *kernel = boot_install_find(r, "pvboot.elf.gz"), *text;
	char *target = target_of(r->output);
	bool named = !strpbrk(target, "\"\n\\");
	size_t size;
	FILE *f;
	int err = 0;

	x->path = NULL;
	if ((named && asprintf(&x->path, "%s.xl", r->output) < 0) ||
	    !(f = open_memstream(&text, &size)))
		abort();
	print(f, p, r, kernel ? kernel : "pvboot.elf.gz", target);
	fclose(f);
	if (!named)
		report_note("%s: xl cannot name such a file: no configuration "
			    "for it", r->output);
	else if ((err = put(x, text, size)))
		free(x->path);
	free(text);
	free(target);
	free(kernel);
	return err;
}

int xl_end(struct xl *x, bool keep)
{
	int err = 0;

	if (x->path && keep)
		err = output_commit(&x->out);
	else if (x->path)
		output_abort(&x->out);
	free(x->path);
	return err;
}
