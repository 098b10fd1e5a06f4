/* What becomes of an old image: where everything goes, and what it is told. */
#ifndef TOOLS_ADOPT_PLAN_H
#define TOOLS_ADOPT_PLAN_H

#include "tools/adopt/old.h"

enum plan_role { PLAN_ROOT, PLAN_BIOS, PLAN_ESP, PLAN_SWAP, PLAN_EPHEMERAL };

/* A partition that OLD does not have. */
struct plan_part {
	enum plan_role role;
	unsigned number;	/* from 1 */
	uint64_t offset, size;	/* bytes */
	char guest[16];		/* what the guest calls it: "xvda2"; or "" */
	bool own;		/* ... as a partition of OLD's disk */
	char type[24];		/* PLAN_EPHEMERAL: of its file system */
};

#define PLAN_PARTS 5
#define PLAN_WHY 224

struct plan_asked {
	bool pv_auto;
	uint64_t swap, ephemeral;	/* bytes; 0: none is to be added */
};

struct plan {
	enum part_table table;	/* of NEW */
	uint64_t size;		/* of NEW, bytes */
	uint64_t from, to, len;	/* bytes of OLD that are carried over */
	unsigned n;
	struct plan_part part[PLAN_PARTS];
	struct bios_area { uint64_t offset, size; } bios;
	uint64_t own_boot;	/* first sector of a GPT's own BIOS boot
				   partition, which gets our code; or 0 */
	char bios_why[PLAN_WHY], uefi_why[PLAN_WHY];	/* "": it is offered */
	char guest[16];		/* OLD's file system, or its disk: "xvda1" */
	char disk[8];		/* all of NEW under Xen: "xvda" */
	/* What fstab wants and nothing gives: a line for people, or "". */
	char swap_why[PLAN_WHY], ephemeral_why[PLAN_WHY];
	char settings[512];	/* the text of twinboot.conf */
};

/* 0, or -1 with an error reported: what was asked for cannot be. */
int plan_make(struct plan *p, const struct old *o, const struct plan_asked *a);

/* P's part of ROLE, or NULL. */
const struct plan_part *plan_part(const struct plan *p, enum plan_role role);

/* "BIOS boot", "ESP" ...: what a part is called. */
const char *plan_role_name(enum plan_role role);

#endif
