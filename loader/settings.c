/*
 * One table of keys.  Pure; the text is anybody's.  The hypervisor checks what
 * it is told of the guest's devices itself, so here a word is only kept from
 * being two.
 */
#include "loader/settings.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/base/number.h"

#define LINE_SHOWN 64
#define PART_MAX 254

static bool is(const char *value, const char *word)
{
	return value && !strcmp(value, word);
}

static bool set_pv(struct settings *s, const char *value)
{
	if (is(value, "always"))
		s->pv = SETTINGS_PV_ALWAYS;
	else if (is(value, "never"))
		s->pv = SETTINGS_PV_NEVER;
	else if (is(value, "auto"))
		s->pv = SETTINGS_PV_AUTO;
	else
		return false;
	return true;
}

static bool set_record(struct settings *s, const char *value)
{
	if (value && !is(value, "hash"))
		return false;
	s->record = true;
	s->record_hash |= value != NULL;
	return true;
}

static bool set_bls(struct settings *s, const char *value)
{
	s->bls = !value;
	return !value;
}

static bool set_hd0(struct settings *s, const char *value)
{
	uint64_t n;

	if (!value || strncmp(value, "hd0,", 4))
		return false;
	if (number_whole(value + 4, PART_MAX, &n)) {
		err_clear();
		return false;
	}
	s->hd0 = (uint8_t)(n + 1);
	return true;
}

/* LINE is the whole of it: "vbd=xvda1:hd0". */
static bool add_device(struct settings *s, const char *line)
{
	size_t used = strlen(s->guest), len = strlen(line);

	if (line[len - 1] == '=' || line[strcspn(line, " \t")] ||
	    len + 2 > sizeof(s->guest) - used)
		return false;
	fmt(s->guest + used, sizeof(s->guest) - used, "%s%s",
	    used ? " " : "", line);
	return true;
}

static const struct {
	const char *name;
	bool (*set)(struct settings *s, const char *value);
	bool device;		/* set gets the whole line, which has a value */
} keys[] = {
	{ "bls", set_bls },
	{ "boot-record", set_record },
	{ "console", add_device, true },
	{ "hd0", set_hd0 },
	{ "pv", set_pv },
	{ "vbd", add_device, true },
	{ "vif", add_device, true },
};

static bool set(struct settings *s, const char *line)
{
	size_t name = strcspn(line, "=");
	const char *value = line[name] ? line + name + 1 : NULL;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strlen(keys[i].name) != name ||
		    memcmp(keys[i].name, line, name))
			continue;
		if (keys[i].device)
			return value && keys[i].set(s, line);
		return keys[i].set(s, value);
	}
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

void settings_parse(struct settings *s, const char *text,
		    void (*tell)(void *ctx, const char *line), void *ctx)
{
	char line[SETTINGS_GUEST];

	*s = (struct settings){ 0 };
	while (*text) {
		size_t all = strcspn(text, "\n"), len = all;
		const char *at = text;

		text += all + (text[all] != 0);
		for (; len && is_blank(*at); len--)
			at++;
		while (len && is_blank(at[len - 1]))
			len--;
		if (!len || *at == '#')
			continue;
		/* One that is cut is told, and has no effect. */
		fmt(line, sizeof(line), "%.*s", (int)len, at);
		if (len < sizeof(line) && set(s, line))
			continue;
		line[LINE_SHOWN] = 0;
		tell(ctx, line);
	}
}
