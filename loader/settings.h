/*
 * The text of twinboot.conf: what is wanted of the loader itself, and of the
 * hypervisor that it starts.  One key a line; '#' begins a comment.
 *
 *	pv=auto|always|never	what is started as a Xen PV guest: kernels that
 *				can be nothing else and marked entries; every
 *				kernel; none
 *	vbd=..., vif=...	the guest's disks and network cards, as words
 *	console=...		for hv.elf (docs/hv-config.md); the same, of the
 *				machine's console
 *	hd0=hd0,N		what (hd0) without a partition means, where
 *				there is a table: for menus that were made for a
 *				disk without one
 *	bls			entries of the Boot Loader Specification, too
 *	boot-record[=hash]	the boot record (docs/boot-flow.md)
 */
#ifndef LOADER_SETTINGS_H
#define LOADER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTINGS_MAX 4076	/* bytes of the text */
#define SETTINGS_GUEST 512	/* of what is said of the guest's devices */

enum settings_pv { SETTINGS_PV_AUTO, SETTINGS_PV_ALWAYS, SETTINGS_PV_NEVER };

struct settings {
	enum settings_pv pv;
	bool record, record_hash, bls;
	uint8_t hd0;		/* the partition's number and 1; 0: itself */
	char guest[SETTINGS_GUEST];	/* "vbd=xvda1:hd0 vif=none" */
};

/*
 * TEXT into *S, which is all defaults before.  TELL is called for each line
 * that is not understood, and so has no effect.
 */
void settings_parse(struct settings *s, const char *text,
		    void (*tell)(void *ctx, const char *line), void *ctx);

#endif
