/*
 * Questions are looked for behind the last one that was answered, so that none
 * is answered twice; a guest that asks the same for ever is left alone.
 */
#include "tools/matrix/answers.h"

#include <stdlib.h>
#include <string.h>

#include "tools/report.h"

int answers_add(struct answers *a, const char *value)
{
	const char *text = strchr(value, '=');
	char *re;
	int err;

	if (!text || text == value)
		return report_error("--answer %s: not RE=TEXT", value);
	if (a->n == ANSWERS_MAX)
		return report_error("--answer: more than %d", ANSWERS_MAX);
	re = strndup(value, (size_t)(text - value));
	if (!re)
		abort();
	err = regcomp(&a->answer[a->n].question, re,
		      REG_EXTENDED | REG_NEWLINE);
	if (err)
		report_error("--answer %s: not a regular expression", re);
	else
		a->answer[a->n++].text = text + 1;
	free(re);
	return err ? -1 : 0;
}

void answers_release(struct answers *a)
{
	while (a->n)
		regfree(&a->answer[--a->n].question);
}

const char *answers_next(const struct answers *a, struct answers_state *s,
			 const char *console)
{
	for (unsigned i = 0; i < a->n; i++) {
		regmatch_t m;

		if (s->typed[i] == ANSWERS_EACH_MAX ||
		    regexec(&a->answer[i].question, console + s->answered, 1,
			    &m, 0) || m.rm_eo == 0)
			continue;
		s->typed[i]++;
		s->answered += (size_t)m.rm_eo;
		return a->answer[i].text;
	}
	return NULL;
}
