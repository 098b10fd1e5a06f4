/* What is typed on a guest's console when it asks. */
#ifndef TOOLS_MATRIX_ANSWERS_H
#define TOOLS_MATRIX_ANSWERS_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#define ANSWERS_MAX 16
#define ANSWERS_EACH_MAX 16	/* so often one is typed in a boot */

struct answers {
	unsigned n;
	struct answer {
		regex_t question;
		const char *text;
	} answer[ANSWERS_MAX];
};

/* What a boot has had of them. */
struct answers_state {
	unsigned typed[ANSWERS_MAX];
	bool serial[ANSWERS_MAX];	/* on the serial line */
	unsigned shown[ANSWERS_MAX];	/* questions that the screen has */
	size_t answered;	/* up to here the console needs none any more */
};

/* "RE=TEXT"; 0, or -1 with an error reported. */
int answers_add(struct answers *a, const char *value);
void answers_release(struct answers *a);

/*
 * The text for what CONSOLE asks behind what was answered, noted in S; NULL:
 * it asks nothing that A has.
 */
const char *answers_next(const struct answers *a, struct answers_state *s,
			 const char *console);

/*
 * The same for SCREEN, all of its text, where a question is new when there are
 * more of it than when this was last asked.  What the serial line asks, too, is
 * answered there.
 */
const char *answers_shown(const struct answers *a, struct answers_state *s,
			  const char *screen);

#endif
