/* The guest's console. */
#ifndef PVBOOT_HV_BACK_CONSOLE_H
#define PVBOOT_HV_BACK_CONSOLE_H

#include "pvboot/hv/pv/domain.h"

void console_init(struct domain *d);

#endif
