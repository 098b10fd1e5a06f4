/* Grants: single pages lent to another domain. */
#ifndef PVBOOT_GUEST_GRANT_H
#define PVBOOT_GUEST_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "pvboot/guest/hypercall.h"

void grant_init(void);

/* How many can be given now. */
unsigned grant_count_free(void);

/* Let domain DOM use the frame; panics when there is none left: ask before. */
grant_ref_t grant_give(domid_t dom, uint64_t mfn, bool readonly);

/* Take it back.  False if DOM still has it mapped: it stays given. */
bool grant_end(grant_ref_t ref);

#endif
