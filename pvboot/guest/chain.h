/* Becoming another kernel: GO_XENPV inside the running domain. */
#ifndef PVBOOT_GUEST_CHAIN_H
#define PVBOOT_GUEST_CHAIN_H

#include "loader/handover.h"

/* struct platform's go(). */
int chain_go(struct handover *ho);

#endif
