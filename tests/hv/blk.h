/* A block front end for test guests, which does not mean well. */
#ifndef TESTS_HV_BLK_H
#define TESTS_HV_BLK_H

#include "tests/hv/store.h"

#include <xen/io/blkif.h>

/* Grant references; page[N] is granted as PAGE_REF + N. */
enum {
	RING_REF = 8,
	PAGE_REF = 9,
	TABLE_REF = 50,
	RO_REF = 51,
	NEW_RING_REF = 52,
	FREE_REF = 60
};

extern struct grant_entry_v1 *grant;
extern struct blkif_sring *ring;
extern uint8_t *page[32];
extern uint32_t port;
extern const char *front;	/* its node, relative */

void grant_page(unsigned ref, const void *va, uint16_t flags);
bool grant_in_use(unsigned ref);

/* The grant table, and pages to grant. */
void blk_setup(void);
/* front/NAME = FORMAT, which is a string or "%u" for VALUE. */
void blk_set(const char *name, const char *format, uint64_t value);
/* Wait for the backend's state; a TAP failure when it does not come. */
bool blk_backend_is(char state);
/* An empty ring, granted, and a port for it. */
void blk_ring(void);
bool blk_connect(const char *device);
void blk_disconnect(const char *name);
/* Begin again: front state 1, backend state 2. */
bool blk_restart(void);

/* Place N of the ring, cleared. */
struct blkif_request *blk_request(unsigned n);
/* The next request: one segment, a whole page.  Not yet published. */
struct blkif_request *blk_prepare(uint8_t op, uint64_t sector, uint32_t ref);
void blk_publish(unsigned n);
/* The next answer's status; 99 when none comes. */
int blk_answer(uint64_t *id);
/* Publish what was prepared: the answer must have STATUS. */
void blk_expect(int status, const char *name);

#endif
