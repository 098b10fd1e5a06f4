/*
 * One cell of the matrix: one image over one path on one machine.
 */
#ifndef TOOLS_MATRIX_CELL_H
#define TOOLS_MATRIX_CELL_H

#include <regex.h>

#include "tools/change/variant.h"
#include "tools/host/drivers/profile.h"
#include "tools/host/expected.h"
#include "tools/matrix/answers.h"
#include "tools/matrix/differences.h"
#include "tools/vm/sendkey.h"
#include "tools/vm/vm.h"

enum cell_status { CELL_WAITS, CELL_RUNS, CELL_PASS, CELL_UNCHECKED,
		   CELL_FAIL, CELL_SKIP, CELL_ERROR, CELL_MISS };

struct cell {
	const char *image;
	struct variant *variant;	/* of the image: what is booted */
	const struct expected *promise;	/* the variant's, when it is ready */
	const struct vm_path *path;
	const struct profile *profile;
	const char *entry;	/* of the menu: "default", or a number */
	struct differences *differences;	/* that are allowed, or NULL */
	const regex_t *expect;	/* the console must have this; NULL: none */
	const struct vm_extra *extra;	/* of the machine */
	const struct answers *answers;	/* to what the console asks */
	unsigned timeout, silence;	/* seconds */
	bool asked;		/* the path was named: it must be there */
	bool count;		/* boot once more and count instructions */
	unsigned retries;	/* left */

	char id[128];		/* its name for LAVA, see matrixlava.h */
	enum cell_status status;
	char why[320];		/* of FAIL, SKIP, ERROR */
	unsigned tries;
	bool counting;		/* the boot that counts is running */
	bool seen;		/* what was expected, or a login prompt */
	uint64_t deadline_ms, spoke_ms;	/* the end; when it last said a thing */
	struct vm *vm;		/* while it runs */
	char *console;		/* all that the guest said */
	size_t console_len, searched;
	struct answers_state asked_for;
	struct sendkey typing;	/* on the keyboard */
	char *screen_text;	/* all of VGA's, or what was shown at the end */
	uint64_t looked_ms;	/* when it was looked at */
	json_t *result;		/* of vm_json(): the boot that is judged */
	json_t *facts, *times;	/* observed.h, of that boot */
	json_t *evidence;	/* who said what was checked: names */
	char *screen;		/* the judged boot's, PNG in base64, or NULL */
	json_t *cost;		/* the boot record of the one that counts */
};

/* Whether C can be run at all; if not, status and why are set. */
bool cell_possible(struct cell *c);

void cell_start(struct cell *c);

/* After a poll: go on; judges when the boot has ended. */
void cell_step(struct cell *c);

/*
 * When C is over: hold what nobody promised against what EARLIER, a cell of the
 * same variant, has seen.
 */
void cell_agree(struct cell *c, const struct cell *earlier);

/* End what runs; CELL_ERROR with WHY. */
void cell_abort(struct cell *c, const char *why);
void cell_release(struct cell *c);

/* The network card of C's machine, or NULL. */
const struct vm_nic *cell_nic(const struct cell *c);

const char *cell_status_name(enum cell_status s);	/* "PASS" ... */

/* "path/profile/entry" */
void cell_name(const struct cell *c, char *name, size_t size);

#endif
