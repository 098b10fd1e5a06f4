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
		s->serial[i] = true;
		s->answered += (size_t)m.rm_eo;
		return a->answer[i].text;
	}
	return NULL;
}

static unsigned count(const regex_t *question, const char *text)
{
	int flags = 0;
	unsigned n = 0;
	regmatch_t m;

	while (*text && !regexec(question, text, 1, &m, flags)) {
		text += m.rm_eo ? m.rm_eo : 1;
		n += m.rm_eo > 0;
		flags = text[-1] == '\n' ? 0 : REG_NOTBOL;
	}
	return n;
}

const char *answers_shown(const struct answers *a, struct answers_state *s,
			  const char *screen)
{
	for (unsigned i = 0; i < a->n; i++) {
		unsigned n = count(&a->answer[i].question, screen);
		bool is_new = n > s->shown[i];

		s->shown[i] = n;
		if (!is_new || s->serial[i] ||
		    s->typed[i] == ANSWERS_EACH_MAX)
			continue;
		s->typed[i]++;
		return a->answer[i].text;
	}
	return NULL;
}
