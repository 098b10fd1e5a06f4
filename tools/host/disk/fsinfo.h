/* What a file system has beside its name: features, size, room. */
#ifndef TOOLS_HOST_DISK_FSINFO_H
#define TOOLS_HOST_DISK_FSINFO_H

#include <jansson.h>
#include <stdint.h>

/*
 * Into FS, which is what libblkid or a driver of ours calls "ext..." or "fat":
 * "features" (names, as tune2fs has them), "block", "bytes" and "free", as far
 * as what lies at OFF of FD says so and can be.
 */
void fsinfo_add(json_t *fs, int fd, uint64_t off);

#endif
