/* Whether a device tree is one, before libfdt walks it. */
#ifndef PVBOOT_HV_CONFIG_TREE_H
#define PVBOOT_HV_CONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * All of BLOB's structure, LEN bytes at most: what libfdt believes without
 * looking.  Only version 17, which dtc has written since 2007, and what is
 * compatible with it.
 */
bool config_tree_check(const void *blob, size_t len);

#endif
