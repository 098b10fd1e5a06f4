/*
 * Lines are looked for from the front, and what is set goes to the end: so the
 * first lines are those that nobody has set for the longest time.
 */
#include "loader/env.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/disk/crc32.h"

static uint32_t checksum(const struct env_block *b)
{
	return crc32_more(0, &b->sequence, sizeof(*b) -
			  offsetof(struct env_block, sequence));
}

static bool is_whole(const struct env_block *b)
{
	return !memcmp(b->magic, ENV_MAGIC, sizeof(b->magic)) &&
	       b->version == ENV_VERSION && b->length <= ENV_TEXT &&
	       checksum(b) == b->crc;
}

/* Up to the last newline. */
static size_t len_of_lines(const char *text)
{
	const char *last = strrchr(text, '\n');

	return last ? (size_t)(last + 1 - text) : 0;
}

bool env_choose(struct env *e, const struct env_block copies[2])
{
	bool whole[2] = { is_whole(&copies[0]), is_whole(&copies[1]) };
	const struct env_block *b;

	if (!whole[0] && !whole[1])
		return false;
	/* The count may go round. */
	e->newest = !whole[0] ||
		(whole[1] && (int32_t)(copies[1].sequence -
				       copies[0].sequence) > 0);
	b = &copies[e->newest];
	e->sequence = b->sequence;
	memcpy(e->text, b->text, b->length);
	e->text[b->length] = 0;
	/* What was written by others may lack its last newline. */
	e->text[len_of_lines(e->text)] = 0;
	return true;
}

void env_make(struct env *e, struct env_block *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->magic, ENV_MAGIC, sizeof(out->magic));
	e->newest = !e->newest;
	out->version = ENV_VERSION;
	out->sequence = ++e->sequence;
	out->length = (uint32_t)strlen(e->text);
	memcpy(out->text, e->text, out->length);
	out->crc = checksum(out);
}

/* The line of NAME, or NULL; *END is behind its newline. */
static char *find(const struct env *e, const char *name, char **end)
{
	size_t len = strlen(name);
	char *line = (char *)(uintptr_t)e->text;

	for (; *line; line = *end) {
		*end = line + strcspn(line, "\n");
		*end += **end == '\n';
		if (!strncmp(line, name, len) && line[len] == '=')
			return line;
	}
	return NULL;
}

bool env_get(const struct env *e, const char *name, char value[ENV_VALUE])
{
	char *end, *line = find(e, name, &end);
	size_t len;

	if (!line)
		return false;
	line += strlen(name) + 1;
	len = strcspn(line, "\n");
	if (len >= ENV_VALUE)
		len = ENV_VALUE - 1;
	memcpy(value, line, len);
	value[len] = 0;
	return true;
}

static bool is_name(const char *s)
{
	size_t len = strlen(s);

	return len && len < ENV_VALUE &&
	       strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		      "0123456789-_.") == len;
}

static bool is_value(const char *s)
{
	size_t len = strlen(s);

	if (len >= ENV_VALUE || s[0] == ' ' || (len && s[len - 1] == ' '))
		return false;
	while (*s >= ' ' && *s < 0x7f)
		s++;
	return !*s;
}

int env_set(struct env *e, const char *name, const char *value)
{
	size_t used, more = strlen(name) + 2 + (value ? strlen(value) : 0);
	char *end, *line = find(e, name, &end);

	if (!is_name(name) || (value && !is_value(value)))
		return fail(ERR_ARGUMENT, "\"%.64s\": such a name or value "
			    "cannot be kept", name);
	used = strlen(e->text) - (line ? (size_t)(end - line) : 0);
	if (value && used + more > ENV_TEXT)
		return fail(ERR_NO_MEMORY, "%s: the environment block is full",
			    name);
	if (line)
		memmove(line, end, strlen(end) + 1);
	if (!value)
		return 0;
	line = e->text + strlen(e->text);
	memcpy(line, name, strlen(name));
	line += strlen(name);
	*line++ = '=';
	memcpy(line, value, strlen(value));
	line += strlen(value);
	*line++ = '\n';
	*line = 0;
	return 0;
}
