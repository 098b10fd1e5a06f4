/*
 * Mappings of a domain's own grants.
 *
 * A mapping stands for one use of the entry (grant.c) for the processor and one
 * for devices, of which there are none, so that this one only counts.  The page
 * table entry that is made is one like any other and has its own reference
 * (paging.c): a guest may overwrite it or use it for something else, and only
 * its own accounts suffer.  What is unmapped must still be what was mapped, as
 * the guest takes "done" for "nobody sees it any more" (XSA-234).
 */
#include "pvboot/hv/pv/memory/mapping.h"

#include "loader/abi/x86.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/grant.h"
#include "pvboot/hv/pv/memory/paging.h"

#define PER_PAGE	(PAGE_SIZE / sizeof(struct grant_mapping))
#define BOTH		(GNTMAP_host_map | GNTMAP_device_map)
#define BACKEND_DOM	0
#define AVAIL_SHIFT	9	/* of an entry's bits for software */

/* ---- handles ---- */

static struct grant_mapping *mapping_at(struct domain *d, unsigned handle)
{
	return &d->grants.mapping[handle / PER_PAGE][handle % PER_PAGE];
}

static struct grant_mapping *find(struct domain *d, unsigned handle)
{
	struct grant_mapping *m;

	if (handle >= d->grants.n_mappings)
		return NULL;
	m = mapping_at(d, handle);
	return m->flags & BOTH ? m : NULL;
}

/* A page of free ones; each names the next, the last one what comes after. */
static bool add_page(struct grant_table *t)
{
	unsigned page = t->n_mappings / PER_PAGE, i;

	if (page == GRANT_HANDLES)
		return false;
	t->mapping[page] = core_page();
	if (!t->mapping[page])
		return false;
	budget_charge(BUDGET_CALL);
	for (i = 0; i < PER_PAGE; i++)
		t->mapping[page][i].ref = ++t->n_mappings;
	return true;
}

static bool allocate(struct domain *d, grant_handle_t *handle)
{
	struct grant_table *t = &d->grants;

	if (t->free_mapping == t->n_mappings && !add_page(t))
		return false;
	*handle = t->free_mapping;
	t->free_mapping = mapping_at(d, *handle)->ref;
	return true;
}

static void release(struct domain *d, grant_handle_t handle)
{
	*mapping_at(d, handle) = (struct grant_mapping){
		.ref = d->grants.free_mapping
	};
	d->grants.free_mapping = handle;
}

/* ---- entries of page tables ---- */

/* The L1 entry that HOST_ADDR means, at its machine address; 0: none. */
static uint64_t entry_for(struct vcpu *v, uint64_t host_addr, uint32_t flags)
{
	struct frame *f;
	uint64_t *e;

	if (!(flags & GNTMAP_contains_pte)) {
		e = paging_walk(v, host_addr);
		return e ? core_mfn(e) << 12 |
			((uintptr_t)e & (PAGE_SIZE - 1)) : 0;
	}
	f = frame_of(v->domain, host_addr >> 12);
	if (host_addr & 7 || !f || f->type != FT_L1 || !frame_is_table(f))
		return 0;
	return host_addr;
}

static int set_entry(struct domain *d, uint64_t ma, uint64_t val)
{
	return paging_set(d, ma >> 12, (ma & (PAGE_SIZE - 1)) >> 3, val, false);
}

static uint64_t pte_of(uint64_t mfn, uint32_t flags)
{
	uint64_t e = mfn << 12 | PTE_P | PTE_US | PTE_A;

	if (!(flags & GNTMAP_readonly))
		e |= PTE_RW | PTE_D;
	return e | (uint64_t)(flags >> _GNTMAP_guest_avail0 & 7) <<
		AVAIL_SHIFT;
}

/* ---- operations ---- */

static unsigned how(uint32_t flags)
{
	return GRANT_OWN | (flags & GNTMAP_readonly ? 0 : GRANT_WRITE);
}

/* One use for each of what FLAGS has of BOTH. */
static int take(struct domain *d, uint32_t ref, uint32_t flags, uint64_t *mfn)
{
	struct grant_extent x;
	int err = grant_take(d, ref, how(flags), &x);

	if (err)
		return err;
	*mfn = x.mfn;
	if ((flags & BOTH) != BOTH)
		return 0;
	err = grant_take(d, ref, how(flags), &x);
	if (err)
		grant_drop(d, ref, how(flags));
	return err;
}

static void drop(struct domain *d, uint32_t ref, uint32_t flags)
{
	if (flags & GNTMAP_host_map)
		grant_drop(d, ref, how(flags));
	if (flags & GNTMAP_device_map)
		grant_drop(d, ref, how(flags));
}

static int make_entry(struct vcpu *v, const struct gnttab_map_grant_ref *op,
		      uint64_t mfn)
{
	uint64_t at = entry_for(v, op->host_addr, op->flags);

	return at ? set_entry(v->domain, at, pte_of(mfn, op->flags)) :
		-XEN_EINVAL;
}

int mapping_map(struct vcpu *v, struct gnttab_map_grant_ref *op)
{
	struct domain *d = v->domain;
	uint64_t mfn;
	int err = 0;

	if (!domain_is_self(d, op->dom))
		return op->dom == BACKEND_DOM ? GNTST_general_error :
			GNTST_bad_domain;
	if (!(op->flags & BOTH))
		return GNTST_bad_gntref;
	if (!allocate(d, &op->handle))
		return GNTST_no_space;
	err = take(d, op->ref, op->flags, &mfn);
	if (!err && op->flags & GNTMAP_host_map) {
		err = budget_error(make_entry(v, op, mfn),
				   GNTST_general_error);
		if (err)
			drop(d, op->ref, op->flags);
	}
	if (err) {
		release(d, op->handle);
		return err;
	}
	*mapping_at(d, op->handle) =
		(struct grant_mapping){ op->ref, op->flags };
	op->dev_bus_addr = mfn << 12;
	return 0;
}

/* The entry for what M maps, if it still does; 0 if not. */
static uint64_t mapped_at(struct vcpu *v, const struct grant_mapping *m,
			  uint64_t host_addr)
{
	uint64_t at = entry_for(v, host_addr, m->flags), e;
	uint64_t want = pte_of(grant_active(v->domain, m->ref)->mfn, m->flags);

	if (!at)
		return 0;
	e = __atomic_load_n((uint64_t *)core_ma(at), __ATOMIC_RELAXED);
	return (e ^ want) & (PTE_ADDR | PTE_P | PTE_RW) ? 0 : at;
}

/* The uses in FLAGS of mapping HANDLE have ended. */
static void end(struct domain *d, grant_handle_t handle, uint32_t flags)
{
	struct grant_mapping *m = mapping_at(d, handle);

	drop(d, m->ref, (m->flags & ~(uint32_t)BOTH) | flags);
	m->flags &= ~flags;
	if (!(m->flags & BOTH))
		release(d, handle);
}

int mapping_unmap(struct vcpu *v, const struct gnttab_unmap_grant_ref *op)
{
	struct domain *d = v->domain;
	const struct grant_mapping *m = find(d, op->handle);
	uint32_t ends;
	uint64_t at;

	if (!m)
		return GNTST_bad_handle;
	ends = m->flags & ((op->host_addr ? GNTMAP_host_map : 0) |
			   (op->dev_bus_addr ? GNTMAP_device_map : 0));
	if (ends & GNTMAP_device_map && op->dev_bus_addr !=
	    (uint64_t)grant_active(d, m->ref)->mfn << 12)
		return GNTST_bad_dev_addr;
	if (ends & GNTMAP_host_map) {
		at = mapped_at(v, m, op->host_addr);
		if (!at || set_entry(d, at, 0))
			return GNTST_general_error;
	}
	end(d, op->handle, ends);
	return 0;
}

/* What is at NEW_ADDR moves to HOST_ADDR, in place of the mapping. */
int mapping_replace(struct vcpu *v, const struct gnttab_unmap_and_replace *op)
{
	struct domain *d = v->domain;
	const struct grant_mapping *m = find(d, op->handle);
	uint64_t at, from, e = 0;
	int err;

	if (!m)
		return GNTST_bad_handle;
	if (!(m->flags & GNTMAP_host_map) || m->flags & GNTMAP_contains_pte)
		return GNTST_general_error;
	at = mapped_at(v, m, op->host_addr);
	from = op->new_addr ? entry_for(v, op->new_addr, 0) : 0;
	if (!at || (op->new_addr && !from))
		return GNTST_general_error;
	if (from && from != at)
		e = __atomic_load_n((uint64_t *)core_ma(from),
				    __ATOMIC_RELAXED);
	err = set_entry(d, at, e);
	if (!err && from)
		err = set_entry(d, from, 0);
	if (err)
		return budget_error(err, GNTST_general_error);
	end(d, op->handle, GNTMAP_host_map);
	return 0;
}
