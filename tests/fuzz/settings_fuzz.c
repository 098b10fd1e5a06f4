/*
 * Any bytes as twinboot.conf: what the hypervisor is told are words of its own
 * options, and nothing that was told to be without effect has one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "loader/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void tell(void *ctx, const char *line)
{
	unsigned *told = ctx;

	if (!*line || strchr(line, '\n') || strlen(line) > 64)
		abort();
	++*told;
}

static void check_guest(const struct settings *s)
{
	const char *p = s->guest;

	if (!memchr(p, 0, sizeof(s->guest)))
		abort();
	while (*p) {
		size_t n = strcspn(p, " ");

		if (n < 5 || (memcmp(p, "vbd=", 4) && memcmp(p, "vif=", 4)))
			abort();
		p += n;
		if (*p && !*++p)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1);
	unsigned told = 0, lines = 1;
	struct settings s;

	memcpy(text, data, len);
	text[len] = 0;
	for (const char *p = text; *p; p++)
		lines += *p == '\n';
	settings_parse(&s, text, tell, &told);
	if (told > lines || (s.record_hash && !s.record))
		abort();
	check_guest(&s);
	free(text);
	return 0;
}
