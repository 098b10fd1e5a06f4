/* What a machine has besides its image: for `run' and `matrix' the same. */
#ifndef TOOLS_VM_EXTRA_H
#define TOOLS_VM_EXTRA_H

#include <stdbool.h>
#include <stddef.h>

#define EXTRA_DRIVES 4
#define EXTRA_MAC "52:54:00:12:34:56"	/* of the card, if there is one */

struct vm_args;

/* A network card on QEMU's user network. */
struct vm_nic {
	const char *name;	/* as --nic has it */
	const char *device;	/* QEMU's; NULL: none */
};

struct vm_extra {
	const char *accel;	/* QEMU's; NULL: tcg */
	bool tpm;		/* a TPM 2.0, emulated by swtpm */
	const char *seed;	/* a directory for cloud-init, or NULL */
	const char *drive[EXTRA_DRIVES];	/* more disks, raw files */
	unsigned n_drives;
	unsigned smp;		/* processors; 0: 1 */
	const struct vm_nic *nic;	/* NULL: nobody said */
};

/* Rows of options for the extra at AT, with extra_drive() and extra_nic(). */
#define EXTRA_ROWS(at, take_drive, take_nic)				\
	{ "smp", 0, "N", "CPUs (1)", OPTIONS_COUNT,			\
	  (at) + offsetof(struct vm_extra, smp) },			\
	{ "nic", 0, "CARD", "none, virtio, e1000 or e1000e, on QEMU's user " \
	  "network (none, or the profile's)", OPTIONS_CALL, 0, take_nic, \
	  extra_nic_name },						\
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
int extra_nic(struct vm_extra *x, const char *name);
int extra_check(const struct vm_extra *x);

/* Whether what X names is there; else -1 with an error reported. */
int extra_find(const struct vm_extra *x);

/* By name and by number; NULL when there is none. */
const struct vm_nic *extra_nic_find(const char *name);
const char *extra_nic_name(unsigned i);
bool extra_has_nic(const struct vm_extra *x);

/* The disks behind the first and the card, on any machine. */
void extra_add(struct vm_args *a, const struct vm_extra *x);

#endif
