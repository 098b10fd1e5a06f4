/* Transactions. */
#ifndef PVBOOT_HV_STORE_STORE_TX_H
#define PVBOOT_HV_STORE_STORE_TX_H

#include "pvboot/hv/store/store.h"

uint32_t store_tx_start(struct store *s);	/* its id; 0: too many */
struct store_tx *store_tx_find(struct store *s, uint32_t id);
/* Can one more change be remembered?  T may be NULL: no transaction. */
int store_tx_room(const struct store *s, const struct store_tx *t);
void store_tx_changed(struct store *s, struct store_tx *t, const char *path,
		      bool removed);
/*
 * EAGAIN when something else changed.  T is gone afterwards, but for its news:
 * store_tx_tell() tells the watches of one change, until it says false.
 */
int store_tx_end(struct store *s, struct store_tx *t, bool keep);
bool store_tx_tell(struct store *s);
void store_tx_reset(struct store *s);

#endif
