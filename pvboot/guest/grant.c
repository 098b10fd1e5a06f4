/*
 * The grant table, version 1 (xen/grant_table.h).  Entries 0 to 7 belong to
 * the tool stack (console, store) and stay as they are.
 */
#include "pvboot/guest/grant.h"

#include "pvboot/guest/guest.h"

#define PER_FRAME (XEN_PAGE / sizeof(grant_entry_v1_t))
#define RESERVED 8u

extern grant_entry_v1_t grant_table[GRANT_FRAMES * PER_FRAME];	/* entry.S */

static uint16_t spare[GRANT_FRAMES * PER_FRAME];
static unsigned n_spare;

static unsigned wanted_frames(void)
{
	struct gnttab_query_size q = { .dom = DOMID_SELF };

	if (hyper_grant(GNTTABOP_query_size, &q) || q.status ||
	    q.max_nr_frames < 1)
		return 1;
	return q.max_nr_frames < GRANT_FRAMES ? q.max_nr_frames : GRANT_FRAMES;
}

void grant_init(void)
{
	struct gnttab_set_version version = { 1 };
	xen_pfn_t frame[GRANT_FRAMES];
	struct gnttab_setup_table setup = { .dom = DOMID_SELF };

	hyper_grant(GNTTABOP_set_version, &version);
	setup.nr_frames = wanted_frames();
	set_xen_guest_handle(setup.frame_list, frame);
	if (hyper_grant(GNTTABOP_setup_table, &setup) || setup.status)
		panic("no grant table: %d", setup.status);
	for (unsigned i = 0; i < setup.nr_frames; i++)
		hyper_map((uint64_t)grant_table + i * XEN_PAGE,
			  frame[i] * XEN_PAGE | PTE_P | PTE_RW | PTE_US);
	for (unsigned i = setup.nr_frames * PER_FRAME; i-- > RESERVED; )
		spare[n_spare++] = (uint16_t)i;
}

unsigned grant_count_free(void)
{
	return n_spare;
}

grant_ref_t grant_give(domid_t dom, uint64_t mfn, bool readonly)
{
	grant_entry_v1_t *e;
	grant_ref_t ref;

	if (!n_spare)
		panic("no grant reference left");
	ref = spare[--n_spare];
	e = &grant_table[ref];
	e->frame = (uint32_t)mfn;
	e->domid = dom;
	__atomic_store_n(&e->flags, GTF_permit_access |
			 (readonly ? GTF_readonly : 0), __ATOMIC_RELEASE);
	return ref;
}

bool grant_end(grant_ref_t ref)
{
	uint16_t flags = __atomic_load_n(&grant_table[ref].flags,
					 __ATOMIC_ACQUIRE);

	do
		if (flags & (GTF_reading | GTF_writing))
			return false;
	while (!__atomic_compare_exchange_n(&grant_table[ref].flags, &flags, 0,
					    false, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST));
	spare[n_spare++] = (uint16_t)ref;
	return true;
}
