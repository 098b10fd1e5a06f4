/* A disk drawn to scale: every table that can be read, however odd. */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/host/disk/map.h"

static char *draw(const char *json, unsigned width, bool svg)
{
	json_t *j = json_loads(json, 0, NULL);
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(j);
	if (svg)
		map_svg(j, f);
	else
		map_text(j, width, f);
	fclose(f);
	json_decref(j);
	return text;
}

static void is_drawn(const char *json, unsigned width, const char *want)
{
	char *text = draw(json, width, false), *end = strstr(text, "\n(");

	if (end)
		end[1] = 0;
	assert_string_equal(text, want);
	free(text);
}

static void test_scale(void **state)
{
	is_drawn("{\"size\": 4096, \"sector\": 512, \"partitions\": ["
		 "{\"number\": 2, \"first\": 4, \"size\": 1024, \"fs\": "
		 "{\"type\": \"ext4\", \"bytes\": 1024, \"free\": 512}},"
		 "{\"number\": 1, \"first\": 2, \"size\": 1024, "
		 "\"fs\": null}]}", 20,
		 "     1    2\n.....=====###--.....\n");
}

/* Neither may be lost, nor may anything be divided by 0. */
static void test_odd(void **state)
{
	is_drawn("{\"size\": 0, \"sector\": 512}", 20, "");
	is_drawn("{\"size\": 4096, \"sector\": 0, \"partitions\": ["
		 "{\"number\": 1, \"first\": 0, \"size\": 512}]}", 20, "");
	/* Overlapping, behind the end, more used than there is. */
	is_drawn("{\"size\": 1024, \"sector\": 512, \"partitions\": ["
		 "{\"number\": 1, \"first\": 0, \"size\": 1024, \"fs\": "
		 "{\"bytes\": 1, \"free\": 2}},"
		 "{\"number\": 2, \"first\": 1, \"size\": 9223372036854775807},"
		 "{\"number\": 3, \"first\": 9223372036854775807, "
		 "\"size\": 512}]}", 8, "1\n########\n");
	/* No room: one column each. */
	is_drawn("{\"size\": 1024, \"sector\": 512, \"partitions\": ["
		 "{\"number\": 1, \"first\": 0, \"size\": 512},"
		 "{\"number\": 22, \"first\": 1, \"size\": 512}]}", 1,
		 "1\n==\n");
	is_drawn("{\"size\": 1024, \"sector\": 512, \"fs\": {\"bytes\": 1024,"
		 "\"free\": 512}}", 8, "\n####----\n");
}

static void test_many(void **state)
{
	json_t *j = json_pack("{sI si s[]}", "size", (json_int_t)1 << 30,
			      "sector", 512, "partitions");
	char *text, *json;

	for (int i = 0; i < 5000; i++)
		json_array_append_new(json_object_get(j, "partitions"),
			json_pack("{si si si}", "number", i, "first", 2 * i,
				  "size", 512));
	json = json_dumps(j, 0);
	for (unsigned width = 0; width < 2000; width += 199)
		free(draw(json, width, false));
	text = draw(json, 0, true);
	assert_non_null(strstr(text, "</svg>"));
	free(text);
	free(json);
	json_decref(j);
}

static void test_markup(void **state)
{
	char *text = draw("{\"size\": 1024, \"sector\": 512, \"image\": "
			  "\"</title>&\", \"partitions\": [{\"number\": 1, "
			  "\"first\": 0, \"size\": 512, \"label\": "
			  "\"<script>\\u001b\"}]}", 0, true);

	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "</title>&\n"));
	assert_null(strchr(text, 27));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scale), cmocka_unit_test(test_odd),
		cmocka_unit_test(test_many), cmocka_unit_test(test_markup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
