/*
 * Any bytes as an entry of the Boot Loader Specification: what it becomes is
 * exactly one entry of a menu.lst, with no line of its own in the header.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "menu/config/bls.h"
#include "menu/config/lst.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(char *text, size_t len)
{
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	struct lst l;

	if (!len)
		return;
	if (strlen(text) != len || text[len - 1] != '\n' ||
	    lst_parse(&l, text, len, LST_GNU097, &arena) ||
	    l.n_titles != 1 || l.n_entries != 1 || l.password ||
	    l.line[0].kind != LST_TITLE)
		abort();
	for (uint32_t i = 1; i < l.n_lines; i++)
		if (l.line[i].cmd != CMD_ROOT && l.line[i].cmd != CMD_KERNEL &&
		    l.line[i].cmd != CMD_INITRD)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[BLS_FILE_MAX + 1], name[BLS_FILE_MAX + 1];
	static char out[BLS_TEXT_MAX + 1];
	size_t first;

	if (len > BLS_FILE_MAX)
		return 0;
	memcpy(text, data, len);
	text[len] = 0;
	/* The name is what stands before the first NUL. */
	first = strlen(text);
	memcpy(name, text, first + 1);
	name[first < 127 ? first : 127] = 0;
	err_clear();
	check(out, bls_entry(first < len ? text + first + 1 : text, name,
			     "(hd0,14)", out));
	check(out, bls_image(name, "(hd0,14)", out));
	return 0;
}
