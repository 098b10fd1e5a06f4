/*
 * Loaders, firmware and systems that wait for somebody have words for it; those
 * that fail have others.
 */
#include "tools/vm/console.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NO_DEVICE "No bootable device."	/* SeaBIOS */
#define NOTHING_BOOTS "the firmware found nothing to boot"

/* Where a boot stops and waits for somebody. */
static const struct {
	const char *says, *why;
} stops[] = {
	{ "Twinboot: ", "the loader gave up" },
	{ "Press any key to go back to the menu.",
	  "the loader waits for a key" },
	{ "Press r to try again, b to reboot.", "the loader waits for a key" },
	{ "\ngrub> ", "GRUB waits at its prompt" },
	{ "grub rescue> ", "GRUB waits at its prompt" },
	{ NO_DEVICE, NOTHING_BOOTS },
	{ "BdsDxe: No bootable option or device was found",
	  NOTHING_BOOTS },
	{ "mShell> ", "the firmware waits in its shell" },
	{ "(initramfs) ", "the initramfs waits in its shell" },
	{ "You are in emergency mode", "the system is in emergency mode" },
};

/*
 * Our loader's menu, whose last line is "    0> title", with the seconds that
 * are left unless it waits for ever (menu/screen/menu.c).
 */
static bool is_menu(const char *text)
{
	const char *line = text + strlen(text);

	while (line > text && line[-1] != '\r' && line[-1] != '\n')
		line--;
	line += strspn(line, " ");
	return line[strspn(line, "0123456789")] == '>' &&
	       isdigit((unsigned char)*line) &&
	       line[strspn(line, "0123456789") + 1] == ' ' &&
	       !strstr(line, "  (in ");
}

const char *console_stops(const char *text)
{
	if (is_menu(text))
		return "the loader waits in its menu";
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		if (strstr(text, stops[i].says))
			return stops[i].why;
	return NULL;
}

const char *console_nothing_boots(const char *screen)
{
	return strstr(screen, NO_DEVICE) ? NOTHING_BOOTS : NULL;
}

/* Lines that say why, if there are any; the last of these counts. */
static const char *const telling[] = {
	"\nError ", "Kernel panic - ", "\nTwinboot: ",
};

/* The line of the console that tells most, else the last one. */
const char *console_last_words(const char *text)
{
	static char line[160];
	const char *at = NULL;
	size_t end, start;

	text = text ? text : "";
	end = strlen(text);

	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++)
		for (const char *p = text; (p = strstr(p, telling[i])); p++)
			at = !at || p > at ? p : at;
	if (at)
		end = (size_t)(at - text) + 1 + strcspn(at + 1, "\r\n");
	while (end && strchr("\r\n \t", text[end - 1]))
		end--;
	for (start = end; start && text[start - 1] != '\n'; start--)
		;
	snprintf(line, sizeof(line), "%.*s", (int)(end - start), text + start);
	return line[0] ? line : "(nothing)";
}
