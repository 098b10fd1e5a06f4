/* A domain's life, and its end. */
#ifndef PVBOOT_HV_PV_CPU_DOMAIN_H
#define PVBOOT_HV_PV_CPU_DOMAIN_H

#include "pvboot/hv/pv/domain.h"

struct domain *domain_create(void);
void domain_end(struct domain *d) __attribute__((noreturn));

/* The guest did wrong: it dies with the first REASON given, we go on. */
void kill_guest(struct domain *d, const char *reason, ...)
	__attribute__((format(printf, 2, 3)));

#endif
