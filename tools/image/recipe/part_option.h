/*
 * --partition N:KEY=VALUE[:KEY=VALUE...]: what a partition is called and what
 * it is for, in place of what it would have.
 */
#ifndef TOOLS_IMAGE_RECIPE_PART_OPTION_H
#define TOOLS_IMAGE_RECIPE_PART_OPTION_H

#include "tools/image/recipe/recipe.h"

/* Each of SAID, after the partitions are known.  0, or -1 reported. */
int part_option_parse(struct recipe *r, const char **said);
void part_option_free(struct recipe *r);

/* Whether a GPT can hold it: UTF-8, at most 36 units of UTF-16. */
bool part_option_is_name(const char *name);

/* Why a file system FS cannot have that LABEL; NULL: it can. */
const char *part_option_bad_label(const char *label, enum recipe_fs fs);

/* What was said of partition NUMBER; NULL: nothing. */
const struct recipe_said *part_option_find(const struct recipe *r,
					   unsigned number);

#endif
