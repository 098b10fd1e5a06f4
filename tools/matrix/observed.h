/*
 * What a boot was given, fact by fact, held against what the image promises.
 * docs/matrix.md lists the facts.
 */
#ifndef TOOLS_MATRIX_OBSERVED_H
#define TOOLS_MATRIX_OBSERVED_H

#include "tools/matrix/differences.h"
#include "tools/host/expected.h"

/* What the guest is given by the machine, not by the image. */
struct observed_machine {
	unsigned mem_mb;
	const char *vdev;	/* the name of the whole disk, or NULL */
	unsigned cpus;
	const char *card;	/* the address of its network card, or "none" */
};

/*
 * The facts of the boot RESULT (of vm_json()) in CELL, "path/profile/entry", on
 * MACHINE: a new array of {"name", "got", "from", "want", "verdict", "reason"}.
 * From: the kind of the record, as observed_record() has it.  Verdicts: "same";
 * "seen", when nothing was promised; "declared", when D allows the difference;
 * "differs".
 */
json_t *observed_compare(const json_t *result, const struct expected *p,
		      const struct observed_machine *machine,
		      struct differences *d,
		      const char *cell);

/*
 * What nobody promised must at least be the same on every way: hold what FACTS
 * only saw against what EARLIER, of a cell with the same image and entry, saw.
 */
void observed_agree(json_t *facts, const json_t *earlier, struct differences *d,
		 const char *cell);

/*
 * The first that differs, borrowed, NULL when there is none; and one as a
 * reason for people.
 */
const json_t *observed_difference(const json_t *facts);
void observed_why(const json_t *fact, char *why, size_t size);

/*
 * Whose word counts.  A console is the guest's to write on: a record is
 * evidence only if the image has, on the path that was booted, what writes such
 * records.
 */
struct observed_trust {
	bool loader;		/* TWINBOOT: our loader */
	bool kernel;		/* PROBE: one of our probe kernels */
	bool userspace;		/* USERSPACE: our initramfs, or its probe */
};

/*
 * Which of those that are trusted said something in FACTS that was checked: a
 * new array of words for people, empty when nothing was.
 */
json_t *observed_evidence(const json_t *facts,
			  const struct observed_trust *trust);

/* The last of KIND ("PROBE") among a boot's records, borrowed, or NULL. */
json_t *observed_record(const json_t *records, const char *kind);

/*
 * How long each part of the boot took, where that is known: a new array of
 * {"phase", "ms"} for firmware, loader, kernel, userspace.  TICKS: of the TSC
 * for each millisecond.
 */
json_t *observed_times(const json_t *result, double ticks);

#endif
