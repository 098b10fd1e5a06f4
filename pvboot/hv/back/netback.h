/* Packets: from the guest's rings to the card and back. */
#ifndef PVBOOT_HV_BACK_NETBACK_H
#define PVBOOT_HV_BACK_NETBACK_H

#include "pvboot/hv/back/vif.h"

void netback_run(struct backend *b);
/* The timer of a vif. */
void netback_look(struct timer *t);

#endif
