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
#include "tools/output.h"
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

int xl_write(const struct plan *p, const struct recipe *r)
{
	char *kernel = boot_install_find(r, "pvboot.elf.gz"), *path, *text;
	char *target = realpath(r->output, NULL);
	struct output out;
	size_t size;
	FILE *f;
	int err = 0;

	if (asprintf(&path, "%s.xl", r->output) < 0 ||
	    !(f = open_memstream(&text, &size)))
		abort();
	print(f, p, r, kernel ? kernel : "pvboot.elf.gz", target ? target :
	      r->output);
	fclose(f);
	if (strpbrk(target ? target : "", "\"\n\\"))
		report_note("%s: xl cannot name such a file: no configuration "
			    "for it", r->output);
	else if (!(err = output_open(&out, path))) {
		if (write(out.fd, text, size) == (ssize_t)size) {
			err = output_commit(&out);
		} else {
			err = report_errno("%s", path);
			output_abort(&out);
		}
	}
	free(text);
	free(path);
	free(target);
	free(kernel);
	return err;
}
