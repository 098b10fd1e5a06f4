/*
 * What Xen gives the PV loader, faked for tests and fuzz targets: grants that
 * are counted, events, and a clock that moves only while the loader waits.  The
 * other end (fake_backend) runs whenever it is kicked or waited for.
 */
#ifndef TESTS_PVGUEST_H
#define TESTS_PVGUEST_H

#include <stdlib.h>
#include <string.h>

#include "pvboot/guest/grant.h"
#include "pvboot/guest/guest.h"
#include "pvboot/guest/map.h"

#define FAKE_GRANTS 2048u
#define FAKE_RESERVED 8u	/* the tool stack's */

static struct fakexen {
	uint64_t now;			/* ms */
	void (*backend)(void);
	bool pending, keep_pending;	/* keep: a storm of events */
	unsigned ports, limit;		/* open ports; grants, 0: all */
	unsigned given;			/* grants that are out */
	struct fakegrant {
		uint64_t mfn;
		bool given, readonly, mapped;
	} grant[FAKE_GRANTS];
} fakexen;

static start_info_t fake_start_info = { .store_evtchn = 1, .nr_pages = 65536 };
start_info_t *start_info = &fake_start_info;

static inline void fake_reset(void (*backend)(void))
{
	memset(&fakexen, 0, sizeof(fakexen));
	fakexen.backend = backend;
}

uint64_t clock_ms(void)
{
	return fakexen.now;
}

bool event_take(evtchn_port_t port)
{
	bool was = fakexen.pending;

	fakexen.pending = fakexen.keep_pending;
	return was;
}

void event_send(evtchn_port_t port)
{
	if (fakexen.backend)
		fakexen.backend();
}

void event_wait(evtchn_port_t port, unsigned ms)
{
	if (fakexen.backend)
		fakexen.backend();
	fakexen.now += fakexen.pending ? 1 : ms;
}

evtchn_port_t event_alloc(domid_t dom)
{
	fakexen.ports++;
	return 9;
}

void event_close(evtchn_port_t port)
{
	if (!fakexen.ports--)
		abort();
}

/* Memory is where it is: a frame's number is its address. */
uint64_t map_get(uint64_t va)
{
	return (va & ~(XEN_PAGE - 1)) | MAP_RW;
}

unsigned grant_count_free(void)
{
	return (fakexen.limit ? fakexen.limit : FAKE_GRANTS - FAKE_RESERVED) -
		fakexen.given;
}

grant_ref_t grant_give(domid_t dom, uint64_t mfn, bool readonly)
{
	grant_ref_t ref = FAKE_RESERVED;

	if (!grant_count_free())
		abort();
	while (fakexen.grant[ref].given)
		ref++;
	fakexen.grant[ref] = (struct fakegrant){ mfn, true, readonly, false };
	fakexen.given++;
	return ref;
}

bool grant_end(grant_ref_t ref)
{
	if (ref >= FAKE_GRANTS || !fakexen.grant[ref].given)
		abort();
	if (fakexen.grant[ref].mapped)
		return false;
	fakexen.grant[ref].given = false;
	fakexen.given--;
	return true;
}

/* The backend maps a grant; the loader must have given it so. */
static inline uint8_t *fake_map(grant_ref_t ref, bool write)
{
	struct fakegrant *g = &fakexen.grant[ref % FAKE_GRANTS];

	if (ref >= FAKE_GRANTS || !g->given || (write && g->readonly) ||
	    g->mapped)
		abort();
	g->mapped = true;
	return (uint8_t *)(uintptr_t)(g->mfn * XEN_PAGE);
}

/* ... and lets it go; what it may still do at once with it. */
static inline uint8_t *fake_unmap(grant_ref_t ref)
{
	if (!fakexen.grant[ref].mapped)
		abort();
	fakexen.grant[ref].mapped = false;
	return (uint8_t *)(uintptr_t)(fakexen.grant[ref].mfn * XEN_PAGE);
}

#endif
