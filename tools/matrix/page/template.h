/*
 * Templates in the form of mustache(5), without its unescaped variables, its
 * changes of delimiter and its lambdas:
 *
 *	{{name}}		a string or a whole number, as text
 *	{{.}}			the value that a section is about
 *	{{#name}}...{{/name}}	for each of a list; once for another value, not
 *				at all for "", false and what is missing
 *	{{^name}}...{{/name}}	the other way round
 *	{{>name}}		another template
 *
 * A name is looked for from the innermost section outwards.  A line with
 * nothing but one tag of the last three kinds is no line of the page.
 */
#ifndef TOOLS_MATRIX_PAGE_TEMPLATE_H
#define TOOLS_MATRIX_PAGE_TEMPLATE_H

#include <jansson.h>
#include <stdio.h>

/* The template NAME (templates.h), filled from VIEW; 0, or -1: it is wrong. */
int template_fill(const char *name, json_t *view, FILE *out);

/* The same for TEXT itself. */
int template_text(const char *text, json_t *view, FILE *out);

#endif
