/* Paths as the guest writes them. */
#ifndef PVBOOT_HV_STORE_STORE_PATH_H
#define PVBOOT_HV_STORE_STORE_PATH_H

#include "pvboot/hv/store/store.h"

/*
 * The absolute path that the guest means by RAW.  EINVAL for malformed ones.
 * OUT has room for STORE_PATH_MAX bytes.
 */
int store_path(const struct store *s, const char *raw, char *out);
/* PATH without what the guest calls relative, when it is below that. */
const char *store_path_relative(const struct store *s, const char *path);

#endif
