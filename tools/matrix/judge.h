/* How the boot of a cell is judged. */
#ifndef TOOLS_MATRIX_JUDGE_H
#define TOOLS_MATRIX_JUDGE_H

#include "tools/matrix/cell.h"

/* C's status, and why. */
void judge_decide(struct cell *c, enum cell_status s, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* C's result is there, and the boot ended with END. */
void judge_boot(struct cell *c, enum vm_end end);

#endif
