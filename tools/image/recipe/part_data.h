/* Partitions beside the root: --data and --swap. */
#ifndef TOOLS_IMAGE_RECIPE_PART_DATA_H
#define TOOLS_IMAGE_RECIPE_PART_DATA_H

#include "tools/image/recipe/recipe.h"

/*
 * What --data says, each "[DIR]:FS[:SIZE[:LABEL]]", and --swap.  0, or -1 with
 * an error reported.
 */
int part_data_parse(struct recipe *r, const char **data, const char *swap);
void part_data_free(struct recipe *r);

/* What type partition P has: a GUID, or MBR's number. */
const char *part_data_type(const struct recipe_part *p, enum part_table table);

#endif
