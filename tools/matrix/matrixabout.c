/*
 * When, where and with what a matrix was run, for whoever looks at it later.
 * With SOURCE_DATE_EPOCH the date is that one.
 */
#include "tools/matrix/matrixabout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "tools/text.h"
#include "tools/version.h"

/* UTC, as RFC 3339 has it. */
static json_t *date(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	time_t now = epoch ? strtoll(epoch, NULL, 10) : time(NULL);
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}

/* The distribution's name for people, of os-release(5). */
static void distribution(char *name, size_t size)
{
	FILE *f = fopen("/etc/os-release", "r");
	char line[256];

	snprintf(name, size, "an unknown system");
	while (f && fgets(line, sizeof(line), f)) {
		char *value = line + strlen("PRETTY_NAME=");

		if (strncmp(line, "PRETTY_NAME=", strlen("PRETTY_NAME=")))
			continue;
		value += strspn(value, "\"'");
		value[strcspn(value, "\"'\n")] = 0;
		snprintf(name, size, "%s", value);
	}
	if (f)
		fclose(f);
}

static json_t *system_name(const struct utsname *u)
{
	char name[128], all[512];

	distribution(name, sizeof(name));
	snprintf(all, sizeof(all), "%s, %s %s %s", name, u->sysname,
		 u->release, u->machine);
	return text_json(all);
}

/* What the first boot says, borrowed, or NULL. */
static json_t *qemu(const json_t *cells)
{
	json_t *cell, *found;
	size_t i;

	json_array_foreach(cells, i, cell) {
		found = json_object_get(json_object_get(cell, "boot"), "qemu");
		if (found)
			return found;
	}
	return NULL;
}

json_t *matrixabout_json(const json_t *cells)
{
	struct utsname u;

	uname(&u);
	return json_pack("{so so so sI ss sO*}", "date", date(),
			 "host", text_json(u.nodename), "system",
			 system_name(&u), "processors",
			 (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "twinboot",
			 version_number, "qemu", qemu(cells));
}
