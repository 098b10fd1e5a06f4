/* What a machine has besides its image: for `run' and `matrix' the same. */
#ifndef TOOLS_VM_EXTRA_H
#define TOOLS_VM_EXTRA_H

#include <stdbool.h>
#include <stddef.h>

#define EXTRA_DRIVES 4

struct vm_args;

struct vm_extra {
	const char *accel;	/* QEMU's; NULL: tcg */
	bool tpm;		/* a TPM 2.0, emulated by swtpm */
	const char *seed;	/* a directory for cloud-init, or NULL */
	const char *drive[EXTRA_DRIVES];	/* more disks, raw files */
	unsigned n_drives;
};

/* Rows of options for the extra at AT; TAKE_DRIVE calls extra_drive(). */
#define EXTRA_ROWS(at, take_drive)					\
	{ "accel", 0, "tcg|kvm", "how the processor is emulated (tcg: the " \
	  "same on every host)", OPTIONS_TEXT,				\
	  (at) + offsetof(struct vm_extra, accel) },			\
	{ "tpm", 0, NULL, "the machine has a TPM 2.0 (swtpm)", OPTIONS_FLAG, \
	  (at) + offsetof(struct vm_extra, tpm) },			\
	{ "seed", 0, "DIR", "a disk with DIR's user-data and meta-data, as " \
	  "cloud-init's NoCloud wants it", OPTIONS_FILE,		\
	  (at) + offsetof(struct vm_extra, seed) },			\
	{ "drive", 0, "FILE", "one more disk, raw; may be given again",	\
	  OPTIONS_CALL, 0, take_drive }

/* 0, or -1 with an error reported. */
int extra_drive(struct vm_extra *x, const char *file);
int extra_check(const struct vm_extra *x);

/* The disks behind the first, on any machine. */
void extra_add(struct vm_args *a, const struct vm_extra *x);

#endif
