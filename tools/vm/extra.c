/*
 * What is the same on any machine.  More disks are virtio's, whatever the
 * first one is; what guests write to them is forgotten.  The seed is a FAT file
 * system that QEMU makes of a directory.
 */
#include "tools/vm/extra.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/proc.h"
#include "tools/report.h"
#include "tools/vm/path.h"

int extra_drive(struct vm_extra *x, const char *file)
{
	if (x->n_drives == EXTRA_DRIVES)
		return report_error("--drive: more than %d disks",
				    EXTRA_DRIVES);
	x->drive[x->n_drives++] = file;
	return 0;
}

static const struct vm_nic nics[] = {
	{ "none", NULL },
	{ "virtio", "virtio-net-pci" },
	{ "e1000", "e1000" },
	{ "e1000e", "e1000e" },
};

const char *extra_nic_name(unsigned i)
{
	return i < sizeof(nics) / sizeof(nics[0]) ? nics[i].name : NULL;
}

const struct vm_nic *extra_nic_find(const char *name)
{
	for (size_t i = 0; i < sizeof(nics) / sizeof(nics[0]); i++)
		if (!strcmp(nics[i].name, name))
			return &nics[i];
	return NULL;
}

int extra_nic(struct vm_extra *x, const char *name)
{
	x->nic = extra_nic_find(name);
	return x->nic ? 0 :
	       report_error("--nic %s: not one of none, virtio, e1000, e1000e",
			    name);
}

bool extra_has_nic(const struct vm_extra *x)
{
	return x->nic && x->nic->device;
}

int extra_check(const struct vm_extra *x)
{
	if (x->accel && strcmp(x->accel, "tcg") && strcmp(x->accel, "kvm"))
		return report_error("--accel %s: not one of tcg, kvm",
				    x->accel);
	return 0;
}

/* QEMU's own words for what is no disk are its syntax, or none. */
static int check_drive(const char *file)
{
	struct stat st;

	if (access(file, R_OK) || stat(file, &st))
		return report_errno("--drive %s", file);
	return S_ISREG(st.st_mode) || S_ISBLK(st.st_mode) ? 0 :
	       report_error("--drive %s: neither a file nor a block device",
			    file);
}

int extra_find(const struct vm_extra *x)
{
	static const char *const needs[] = { "user-data", "meta-data" };
	char path[4096];

	if (x->accel && !strcmp(x->accel, "kvm") &&
	    access("/dev/kvm", R_OK | W_OK))
		return report_errno("--accel kvm: /dev/kvm");
	for (unsigned i = 0; i < x->n_drives; i++)
		if (check_drive(x->drive[i]))
			return -1;
	for (size_t i = 0; x->seed && i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", x->seed, needs[i]);
		if (access(path, R_OK))
			return report_errno("--seed: %s", path);
	}
	return x->tpm && !proc_has("swtpm") ? -1 : 0;
}

static void add_disk(struct vm_args *a, unsigned n, const char *driver,
		     const char *key, const char *file)
{
	char *value = path_value(file);

	path_add(a, "-drive");
	path_addf(a, "if=none,id=more%u,format=raw,snapshot=on,cache=unsafe,"
		  "file.driver=%s,file.%s=%s", n, driver, key, value);
	free(value);
	path_add(a, "-device");
	path_addf(a, "virtio-blk-pci,drive=more%u", n);
}

/* No ROM: the firmware is to boot from the disk. */
static void add_nic(struct vm_args *a, const struct vm_nic *nic)
{
	path_add(a, "-netdev");
	path_add(a, "user,id=net0");
	path_add(a, "-device");
	path_addf(a, "%s,netdev=net0,mac=" EXTRA_MAC ",romfile=", nic->device);
}

void extra_add(struct vm_args *a, const struct vm_extra *x)
{
	for (unsigned i = 0; i < x->n_drives; i++)
		add_disk(a, i, "file", "filename", x->drive[i]);
	if (x->seed)
		add_disk(a, EXTRA_DRIVES, "vvfat,file.label=CIDATA", "dir",
			 x->seed);
	if (extra_has_nic(x))
		add_nic(a, x->nic);
}
