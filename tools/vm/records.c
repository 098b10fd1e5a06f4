/*
 * Records are a guest's words.  They count where a loader or a probe puts them,
 * at the beginning of a line: what stands elsewhere is a command line or a
 * title that somebody printed.
 */
#include "tools/vm/records.h"

#include <string.h>

#define RECORDS_MAX 256u
#define RECORDS_BYTES (256u << 10)

/*
 * LINE from its first word on: terminals are told things at the beginning of
 * lines (ECMA-48, 5.4: CSI, parameters, a final byte).
 */
static const char *first_word(const char *line)
{
	const char *cr = strrchr(line, '\r');

	line = cr ? cr + 1 : line;
	while ((*line && (unsigned char)*line <= ' ') || *line == 0x7f)
		if (*line++ == 0x1b && *line == '[') {
			line += strspn(line, "[0123456789:;<=>?");
			line += strspn(line, " !\"#$%&'()*+,-./");
			line += *line != 0;
		}
	return line;
}

static void keep(struct records *r, const char *line, const char *kind,
		 uint64_t ms)
{
	size_t len = strlen(kind);
	const char *text = line + len;
	json_t *j;

	if (strncmp(line, kind, len) || text[0] != ' ' || text[1] != '{')
		return;
	len = strlen(text);
	if (json_array_size(r->list) == RECORDS_MAX ||
	    len > RECORDS_BYTES - r->len) {
		r->lost++;
		return;
	}
	j = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
	if (!j)
		return;
	r->len += len;
	json_array_append_new(r->list, json_pack("{so sI}", kind, j, "ms",
						 (json_int_t)ms));
}

void records_take(struct records *r, const char *line, uint64_t ms)
{
	line = first_word(line);
	keep(r, line, "TWINBOOT", ms);
	keep(r, line, "PROBE", ms);
	keep(r, line, "USERSPACE", ms);
}
