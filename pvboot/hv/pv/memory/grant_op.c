/*
 * The guest's side of grants.  Each request is read once; those on lists are
 * done as far as the budget goes, and the command of the next try has the
 * number of those done above it, as in Xen.
 */
#include "pvboot/hv/pv/memory/grant_op.h"

#include <string.h>

#include "pvboot/hv/pv/continuation.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/grant.h"
#include "pvboot/hv/pv/memory/grant_copy.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/mapping.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/pv/memory/tlb.h"

#define DONE_SHIFT	12	/* GNTTABOP_... below, operations done above */
#define OPS_MAX		(1U << (32 - DONE_SHIFT))

/* ---- the table ---- */

/* Write N frames' numbers to the guest's LIST; GNTST_... */
static int16_t give_frames(struct vcpu *v, uint64_t list, void **page,
			   unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		uint64_t mfn = core_mfn(page[i]);

		if (!guest_write(v, list + i * 8ULL, &mfn, sizeof(mfn)))
			return GNTST_bad_virt_addr;
	}
	return GNTST_okay;
}

static int64_t setup_table(struct vcpu *v, uint64_t va)
{
	struct domain *d = v->domain;
	struct gnttab_setup_table s;
	int err = 0;

	if (!guest_read(v, &s, va, sizeof(s)))
		return -XEN_EFAULT;
	s.status = GNTST_permission_denied;
	if (domain_is_self(d, s.dom)) {
		err = grant_grow(d, s.nr_frames);
		s.status = GNTST_general_error;
	}
	if (err == -XEN_ERESTART)
		return err;
	if (!err && s.status == GNTST_general_error)
		s.status = give_frames(v, (uint64_t)(uintptr_t)s.frame_list.p,
				       d->grants.frame, s.nr_frames);
	return guest_write(v, va, &s, sizeof(s)) ? 0 : -XEN_EFAULT;
}

static int64_t get_status_frames(struct vcpu *v, uint64_t va)
{
	struct domain *d = v->domain;
	gnttab_get_status_frames_t s;

	if (!guest_read(v, &s, va, sizeof(s)))
		return -XEN_EFAULT;
	if (!domain_is_self(d, s.dom))
		s.status = GNTST_permission_denied;
	else if (s.nr_frames > d->grants.n_status)
		s.status = GNTST_general_error;
	else
		s.status = give_frames(v, (uint64_t)(uintptr_t)s.frame_list.p,
				       (void **)d->grants.status, s.nr_frames);
	return guest_write(v, va, &s, sizeof(s)) ? 0 : -XEN_EFAULT;
}

static int64_t query_size(struct vcpu *v, uint64_t va)
{
	struct domain *d = v->domain;
	struct gnttab_query_size q;

	if (!guest_read(v, &q, va, sizeof(q)))
		return -XEN_EFAULT;
	q.status = domain_is_self(d, q.dom) ? GNTST_okay :
		GNTST_permission_denied;
	q.nr_frames = d->grants.n_frames;
	q.max_nr_frames = GRANT_FRAMES;
	return guest_write(v, va, &q, sizeof(q)) ? 0 : -XEN_EFAULT;
}

/* The version there is afterwards is told, also with an error. */
static int64_t set_version(struct vcpu *v, uint64_t va)
{
	gnttab_set_version_t s;
	int64_t err = -XEN_EINVAL;

	if (!guest_read(v, &s, va, sizeof(s)))
		return -XEN_EFAULT;
	if (s.version == 1 || s.version == 2)
		err = grant_set_version(v->domain, s.version);
	s.version = v->domain->grants.version;
	return guest_write(v, va, &s, sizeof(s)) ? err : -XEN_EFAULT;
}

static int64_t get_version(struct vcpu *v, uint64_t va)
{
	gnttab_get_version_t g;

	if (!guest_read(v, &g, va, sizeof(g)))
		return -XEN_EFAULT;
	if (!domain_is_self(v->domain, g.dom))
		return -XEN_EPERM;
	g.version = v->domain->grants.version;
	return guest_write(v, va, &g, sizeof(g)) ? 0 : -XEN_EFAULT;
}

/* ---- lists ---- */

union op {
	struct gnttab_map_grant_ref map;
	struct gnttab_unmap_grant_ref unmap;
	struct gnttab_unmap_and_replace replace;
	struct gnttab_copy copy;
	struct gnttab_transfer transfer;
};

static int map(struct vcpu *v, union op *op)
{
	return mapping_map(v, &op->map);
}

static int unmap(struct vcpu *v, union op *op)
{
	return mapping_unmap(v, &op->unmap);
}

static int replace(struct vcpu *v, union op *op)
{
	return mapping_replace(v, &op->replace);
}

static int copy(struct vcpu *v, union op *op)
{
	return grant_copy(v->domain, &op->copy);
}

/* There is nobody to take it; by any other error the guest would lose it. */
static int transfer(struct vcpu *v, union op *op)
{
	return GNTST_bad_page;
}

struct list {
	int (*fn)(struct vcpu *v, union op *op);
	uint8_t size, status;	/* of an operation; where its status is */
	bool flush;	/* no processor may see what was mapped before */
};

#define LIST(fn, type, flush) \
	{ fn, sizeof(struct type), offsetof(struct type, status), flush }

static const struct list lists[] = {
	[GNTTABOP_map_grant_ref] = LIST(map, gnttab_map_grant_ref, false),
	[GNTTABOP_unmap_grant_ref] = LIST(unmap, gnttab_unmap_grant_ref, true),
	[GNTTABOP_unmap_and_replace] =
		LIST(replace, gnttab_unmap_and_replace, true),
	[GNTTABOP_copy] = LIST(copy, gnttab_copy, false),
	[GNTTABOP_transfer] = LIST(transfer, gnttab_transfer, false),
};

/* One operation, at VA. */
static int64_t run_one(struct vcpu *v, const struct list *l, uint64_t va)
{
	union op op;
	int16_t status;
	int err;

	if (budget_empty() || !paging_settle())
		return -XEN_ERESTART;
	budget_charge(BUDGET_CALL);
	if (!guest_read(v, &op, va, l->size))
		return -XEN_EFAULT;
	err = l->fn(v, &op);
	if (err == -XEN_ERESTART)
		return err;
	status = (int16_t)err;
	memcpy((uint8_t *)&op + l->status, &status, sizeof(status));
	return guest_write(v, va, &op, l->size) ? 0 : -XEN_EFAULT;
}

static int64_t run_list(struct vcpu *v, const uint64_t *a, const struct list *l)
{
	uint32_t i = (uint32_t)a[0] >> DONE_SHIFT, count = (uint32_t)a[2];
	int64_t err = 0;

	if (count >= OPS_MAX)
		return -XEN_EINVAL;
	for (; i < count; i++) {
		err = run_one(v, l, a[1] + i * (uint64_t)l->size);
		if (err)
			break;
	}
	if (l->flush)
		tlb_flush_all(v->domain);
	if (err == -XEN_ERESTART)
		return continuation_set(v, (a[0] & ((1U << DONE_SHIFT) - 1)) |
					i << DONE_SHIFT, a[1]);
	return err;
}

/* grant_table_op(cmd, array, count) */
int64_t do_grant_table_op(struct vcpu *v, const uint64_t *a)
{
	uint32_t cmd = a[0] & ((1U << DONE_SHIFT) - 1);

	if (cmd < sizeof(lists) / sizeof(*lists) && lists[cmd].fn)
		return run_list(v, a, &lists[cmd]);
	if ((uint32_t)a[2] != 1)
		return -XEN_EINVAL;
	switch (cmd) {
	case GNTTABOP_setup_table:
		return setup_table(v, a[1]);
	case GNTTABOP_query_size:
		return query_size(v, a[1]);
	case GNTTABOP_set_version:
		return set_version(v, a[1]);
	case GNTTABOP_get_version:
		return get_version(v, a[1]);
	case GNTTABOP_get_status_frames:
		return get_status_frames(v, a[1]);
	}
	return -XEN_ENOSYS;
}
