/* Xenstore: reading and writing nodes, without transactions or watches. */
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

/*
 * Changes are on their way when these return, in order with everything else;
 * store_flush() waits for them and returns -1 if one was refused.
 */
void store_write(const char *dir, const char *name, const char *value);
void store_write_number(const char *dir, const char *name, uint64_t value);
void store_remove(const char *dir, const char *name);
int store_flush(void);

#endif
