/*
 * Copies by the hypervisor.  Both ends have a reference while that lasts, the
 * target's a typed one: nothing is written that could be a page table.
 */
#include "pvboot/hv/pv/memory/grant_copy.h"

#include <string.h>

#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/grant.h"

#define BACKEND_DOM	0

struct end {
	const struct gnttab_copy_ptr *p;
	bool by_ref;
	unsigned how;
	struct grant_extent x;
};

static int take_frame(struct domain *d, struct end *e)
{
	int err;

	e->x = (struct grant_extent){ e->p->u.gmfn, 0, PAGE_SIZE };
	if (e->how & GRANT_WRITE)
		err = frame_get_type(d, e->x.mfn, FT_WRITABLE);
	else
		err = frame_get(d, e->x.mfn) ? 0 : -XEN_EINVAL;
	return budget_error(err, GNTST_bad_page);
}

static void drop(struct domain *d, const struct end *e)
{
	if (e->by_ref)
		grant_drop(d, e->p->u.ref, e->how);
	else if (e->how & GRANT_WRITE)
		frame_put_type(e->x.mfn);
	else
		frame_put(e->x.mfn);
}

static int take(struct domain *d, struct end *e, unsigned len)
{
	unsigned off = e->p->offset;
	int err;

	if (!domain_is_self(d, e->p->domid))
		return e->p->domid == BACKEND_DOM ? GNTST_permission_denied :
			GNTST_bad_domain;
	err = e->by_ref ? grant_take(d, e->p->u.ref, e->how, &e->x) :
		take_frame(d, e);
	if (err)
		return err;
	if (off >= e->x.off && off + len <= e->x.off + e->x.len)
		return 0;
	drop(d, e);
	return GNTST_general_error;
}

int grant_copy(struct domain *d, const struct gnttab_copy *op)
{
	struct end from = {
		.p = &op->source, .how = GRANT_OWN | GRANT_PART,
		.by_ref = op->flags & GNTCOPY_source_gref,
	};
	struct end to = {
		.p = &op->dest, .how = GRANT_OWN | GRANT_PART | GRANT_WRITE,
		.by_ref = op->flags & GNTCOPY_dest_gref,
	};
	int err;

	if (op->source.offset + op->len > PAGE_SIZE ||
	    op->dest.offset + op->len > PAGE_SIZE)
		return GNTST_bad_copy_arg;
	err = take(d, &from, op->len);
	if (err)
		return err;
	err = take(d, &to, op->len);
	if (!err) {
		budget_charge(2 * BUDGET_CALL);
		memmove((uint8_t *)core_frame(to.x.mfn) + op->dest.offset,
			(uint8_t *)core_frame(from.x.mfn) + op->source.offset,
			op->len);
		drop(d, &to);
	}
	drop(d, &from);
	return err;
}
