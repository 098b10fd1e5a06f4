/*
 * Any bytes as lines of a guest's console, and what is made of the records: no
 * more are kept than may be, and every fact of them is a fact.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/host/expected.h"
#include "tools/matrix/observed.h"
#include "tools/vm/records.h"

static void compare(json_t *list)
{
	struct expected p = { .root_part = 1, .cmdline = (char *)"a" };
	struct observed_machine machine = { 512, NULL };
	struct observed_trust all = { true, true, true };
	json_t *result = json_pack("{sf sO}", "seconds", 1.0, "records", list);
	json_t *facts = observed_compare(result, &p, &machine, NULL, "x");
	json_t *evidence = observed_evidence(facts, &all);
	json_t *times = observed_times(result, 1000);

	if (json_array_size(evidence) > 3)
		abort();
	observed_agree(facts, facts, NULL, "x");
	json_decref(evidence);
	json_decref(times);
	json_decref(facts);
	json_decref(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct records r = { .list = json_array() };
	char *text = malloc(size + 1), *line = text, *save;

	memcpy(text, data, size);
	text[size] = 0;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		records_take(&r, line, 1);
	if (json_array_size(r.list) > 256 || r.len > 256 << 10)
		abort();
	compare(r.list);
	json_decref(r.list);
	free(text);
	return 0;
}
