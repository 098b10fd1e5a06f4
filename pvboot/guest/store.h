/* Xenstore: requests, one at a time, without transactions or watches. */
#ifndef PVBOOT_GUEST_STORE_H
#define PVBOOT_GUEST_STORE_H

#include <stddef.h>
#include <stdint.h>

void store_init(void *ring);

/*
 * The value of PATH (relative to our domain, or absolute), NUL-terminated;
 * returns its length, or -1 (no such node, no answer, larger than SIZE - 1).
 * No error is recorded.
 */
int store_read(const char *path, char *buf, size_t size);
/* The names below PATH, each with its NUL; their bytes in all. */
int store_list(const char *path, char *buf, size_t size);

/* The node DIR/NAME as a decimal number, or MISSING. */
uint64_t store_number(const char *dir, const char *name, uint64_t missing);

int store_write(const char *dir, const char *name, const char *value);
int store_write_number(const char *dir, const char *name, uint64_t value);
int store_remove(const char *dir, const char *name);

#endif
