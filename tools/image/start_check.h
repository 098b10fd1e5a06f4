/* Whether what was built can be started. */
#ifndef TOOLS_IMAGE_START_CHECK_H
#define TOOLS_IMAGE_START_CHECK_H

#include "tools/image/build.h"

/*
 * Let the loader run on the image FD, over each boot path that B asks for.
 * When none starts anything: -1 with an error reported, if --kernel was all
 * that was said; a note, if the user wrote the menu.
 */
int start_check(const struct build *b, int fd);

#endif
