#include "tests/unit/unit.h"

#include "tests/unit/testlst.h"

#include <stdlib.h>

struct lst lst;
static char *text;
static struct arena arena;

void testlst_free(void)
{
	free(text);
	free(arena.base);
	text = NULL;
	arena = (struct arena){ 0 };
}

void testlst_parse(const char *s, size_t len, enum lst_dialect dialect)
{
	testlst_free();
	text = malloc(len + 1);
	memcpy(text, s, len);
	arena.size = 64 * len + 4096;
	arena.base = malloc(arena.size);
	assert_int_equal(lst_parse(&lst, text, len, dialect, &arena), 0);
}
