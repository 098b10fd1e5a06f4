/*
 * Names and texts that others wrote, made fit for a terminal, for one line of
 * output, and for JSON.
 */
#ifndef TOOLS_TEXT_H
#define TOOLS_TEXT_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/*
 * S with all that a terminal might obey (control characters, marks of
 * direction) and all bytes that are not UTF-8 as \xNN; malloc'd.
 */
char *text_plain(const char *s);

/* The same, written. */
void text_put(const char *s, FILE *out);

/* The same line by line: newlines and tabs stay. */
void text_put_lines(const char *s, FILE *out);

/* S with its bytes that are not UTF-8 as \xNN, and no others; malloc'd. */
char *text_utf8(const char *s);

/* 1536 MiB as "1.5 GiB". */
void text_put_size(uint64_t bytes, FILE *out);

/* A string of S, NULL as ""; bytes that are not UTF-8 as \xNN. */
json_t *text_json(const char *s);

#endif
