/* Requests. */
#ifndef PVBOOT_HV_STORE_STORE_MSG_H
#define PVBOOT_HV_STORE_STORE_MSG_H

#include "pvboot/hv/store/store.h"

/* Answer the request in s->in with s->out. */
void store_msg_answer(struct store *s);

#endif
