/* A xenstore client for test guests, one request at a time. */
#ifndef TESTS_HV_STORE_H
#define TESTS_HV_STORE_H

#include "tests/hv/guest.h"

#include <xen/io/xs_wire.h>

extern struct xenstore_domain_interface *store_ring;

void store_start(void);
/*
 * Send a request of type TYPE.  The reply's payload, NUL added, stays until the
 * next call; for an error it is its name.  NULL: no reply, however long we
 * wait.  Watch events are counted and dropped.
 */
const char *store_ask(unsigned type, const void *data, size_t len);
extern unsigned store_events;
/* For how many milliseconds to wait; 0: for none, the store is at hand. */
extern unsigned store_patience;

/* Raw bytes into the ring as far as there is room; how many went. */
size_t store_push(const void *data, size_t len);
void store_kick(void);

/* Whether it was accepted. */
bool store_write(const char *path, const char *value);
const char *store_read(const char *path);

#endif
