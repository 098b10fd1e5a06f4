/* Watches, and the events they cause. */
#ifndef PVBOOT_HV_STORE_STORE_WATCH_H
#define PVBOOT_HV_STORE_STORE_WATCH_H

#include "pvboot/hv/store/store.h"

/* Tell watches and the hypervisor that PATH of the live tree has changed. */
void store_watch_fire(struct store *s, const char *path, bool removed);

int store_watch_add(struct store *s, const char *raw, const char *token);
int store_watch_remove(struct store *s, const char *raw, const char *token);
void store_watch_reset(struct store *s);
/* Put the next watch event into s->out; false when there is none. */
bool store_watch_event(struct store *s);

#endif
