/*
 * Any bytes as GRUB's file "default": the numbers are entries or none, and
 * written as savedefault writes them they are read again.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "menu/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[CONFIG_SAVED_SIZE + 1] = "", again[32];
	int32_t saved, once, same_saved, same_once;

	memcpy(text, data, len < CONFIG_SAVED_SIZE ? len : CONFIG_SAVED_SIZE);
	err_clear();
	config_parse_saved(text, &saved, &once);
	if (saved < 0 || once < -1)
		abort();
	if (once < 0)
		fmt(again, sizeof(again), "%d\n", saved);
	else
		fmt(again, sizeof(again), "%d:%d\n", saved, once);
	config_parse_saved(again, &same_saved, &same_once);
	if (same_saved != saved || same_once != once)
		abort();
	return 0;
}
