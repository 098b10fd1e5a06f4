/* Xenstore: reading, writing and watching nodes, without transactions. */
#ifndef PVBOOT_GUEST_STORE_H
#define PVBOOT_GUEST_STORE_H

#include <stddef.h>
#include <stdint.h>

struct store_node {
	const char *name;
	int len;		/* of TEXT; -1: no such node, no answer */
	char text[128];		/* NUL-terminated */
};

void store_init(void *ring);

/*
 * The value of PATH (relative to our domain, or absolute), NUL-terminated;
 * returns its length, or -1 (no such node, no answer, larger than SIZE - 1).
 * No error is recorded.
 */
int store_read(const char *path, char *buf, size_t size);
/* The names below PATH, each with its NUL; their bytes in all. */
int store_list(const char *path, char *buf, size_t size);

/* The values of N nodes (a handful) in DIR, with one wait for all. */
void store_read_all(const char *dir, struct store_node *node, unsigned n);
/* As a decimal number, or MISSING. */
uint64_t store_node_number(const struct store_node *node, uint64_t missing);

/* The node DIR/NAME as a decimal number, or MISSING. */
uint64_t store_number(const char *dir, const char *name, uint64_t missing);

/*
 * Changes, in order with everything else.  They are sent when something is
 * waited for, or by store_send(); store_flush() waits for them and returns -1
 * if one was refused.
 */
void store_write(const char *dir, const char *name, const char *value);
void store_write_number(const char *dir, const char *name, uint64_t value);
void store_remove(const char *dir, const char *name);
void store_watch(const char *dir, const char *name);
void store_unwatch(const char *dir, const char *name);
void store_send(void);
int store_flush(void);

/* How many events of watches have come so far. */
unsigned store_events(void);

/*
 * Wait until they are more than SEEN, or clock_ms() is UNTIL.  A watch gives
 * one event when it is set; none after store_unwatch() and store_flush().
 */
void store_wait(unsigned seen, uint64_t until);

#endif
