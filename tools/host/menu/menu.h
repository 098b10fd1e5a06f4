/* What `twinboot menu` prints of a parsed menu.lst. */
#ifndef TOOLS_HOST_MENU_MENU_H
#define TOOLS_HOST_MENU_MENU_H

#include <stdio.h>

#include "menu/config/lst.h"

/* One JSON object; bytes that are not UTF-8 as the text \xNN.  0 or -1. */
int menu_json(const struct lst *l, FILE *out);

/* For people: what starts, what each entry does, what is odd. */
void menu_explain(const struct lst *l, enum lst_dialect dialect, FILE *out);

/* Only what is odd: nothing at all for a file as it should be. */
void menu_lint(const struct lst *l, enum lst_dialect dialect, FILE *out);

/* What entry E comes to on each path, for people. */
void menu_words(const struct lst *l, const struct lst_entry *e, FILE *out);

#endif
