/* What the console of a guest tells about how its boot went. */
#ifndef TOOLS_VM_CONSOLE_H
#define TOOLS_VM_CONSOLE_H

/* What stops may say a little more. */
#define CONSOLE_LAST_WORDS_MS 500

/* Why a boot that has said TEXT will not go on by itself; NULL: it may. */
const char *console_stops(const char *text);

/* The same of a screen, of which only a BIOS that gives up is believed. */
const char *console_nothing_boots(const char *screen);

/* The line of TEXT (NULL: empty) that tells most, else its last; static. */
const char *console_last_words(const char *text);

#endif
