/*
 * What the files of the PV loader share: what Xen gave us, and events.
 */
#ifndef PVBOOT_GUEST_GUEST_H
#define PVBOOT_GUEST_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "pvboot/guest/hypercall.h"
#include "pvboot/guest/layout.h"

extern start_info_t *start_info;
extern shared_info_t shared_info;	/* a page of ours, mapped over */

static inline void barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

/* ---- event.c ---- */

/* Is PORT pending?  Clears it. */
bool event_take(evtchn_port_t port);

/* Kick the other end of PORT. */
void event_send(evtchn_port_t port);

/*
 * Sleep until PORT is pending, or MS milliseconds are over.  Nothing is
 * cleared.
 */
void event_wait(evtchn_port_t port, unsigned ms);

/* A port that domain DOM may bind; 0 with an error recorded. */
evtchn_port_t event_alloc(domid_t dom);
void event_close(evtchn_port_t port);

/*
 * Leave nothing pending for the next kernel, unless an event of the store or
 * the console has just come.
 */
void event_reset(void);

/* ---- clock.c ---- */

uint64_t clock_ns(void);	/* Xen's system time */
uint64_t clock_ms(void);

/* Ticks in calls that make backends work, and asleep until they have. */
extern uint64_t backend_tsc;

static inline uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* ---- main.c ---- */

/* Tell Xen that the domain is done: SHUTDOWN_poweroff, _reboot, _crash. */
_Noreturn void guest_shutdown(unsigned reason);

/* A bug of ours, or a broken host: one line, then crash. */
_Noreturn void panic(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
