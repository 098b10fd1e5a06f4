/*
 * The guest's descriptor tables.  Its GDT frames are mapped before our own
 * page, its LDT frames lazily, and only while no writable mapping exists:
 * type FT_SEGDESC.  Intel SDM volume 3, 3.4.5 and 3.5.
 */
#include "pvboot/hv/pv/memory/segments.h"

#include "loader/abi/x86.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/guest_mem.h"
#include "pvboot/hv/pv/memory/hold.h"
#include "pvboot/hv/pv/memory/paging.h"

#define GDT_PAGES	14
#define GDT_MAX_ENTS	(GDT_PAGES * 512)
#define DESC_P		(1ULL << 47)
#define DESC_DPL	(3ULL << 45)
#define DESC_S		(1ULL << 44)
#define DESC_TYPE	(15ULL << 40)
/*
 * Absent, code, data, or type 0: harmless once its DPL is 3.  System
 * descriptors (TSS, LDT, gates) are refused, call gates with them.
 */
static bool descriptor_ok(uint64_t *desc)
{
	if (!(*desc & DESC_P))
		return true;
	*desc |= DESC_DPL;
	return *desc & DESC_S || !(*desc & DESC_TYPE);
}

bool segments_validate(uint64_t mfn)
{
	uint64_t *e = core_frame(mfn);
	unsigned i;

	budget_charge(512 / 16);
	for (i = 0; i < 512; i++)
		if (!descriptor_ok(&e[i]))
			return false;
	return true;
}

void segments_init(struct vcpu *v)
{
	unsigned i;

	for (i = 0; i < GDT_PAGES; i++)
		core_gdt_page(v, i, 0);
}

int segments_set_gdt(struct vcpu *v, const uint64_t *mfn, unsigned ents)
{
	struct hold new[GDT_PAGES] = { { .mfn = 0 } };
	unsigned n = (ents + 511) / 512, i;
	int err;

	if (ents > GDT_MAX_ENTS)
		return -XEN_EINVAL;
	for (i = 0; i < n; i++) {
		err = hold_take(v->domain, &new[i], mfn[i], FT_SEGDESC);
		if (err) {
			while (i--)
				hold_drop(&new[i]);
			return budget_error(err, -XEN_EINVAL);
		}
	}
	for (i = 0; i < GDT_PAGES; i++) {
		core_gdt_page(v, i, new[i].mfn);
		hold_replace(&v->pv.gdt[i], &new[i]);
	}
	return 0;
}

/* set_gdt(frames, entries) */
int64_t do_set_gdt(struct vcpu *v, const uint64_t *a)
{
	uint64_t mfn[GDT_PAGES];
	unsigned ents = (unsigned)a[1];

	if (ents > GDT_MAX_ENTS)
		return -XEN_EINVAL;
	if (!guest_read(v, mfn, a[0], (ents + 511) / 512 * sizeof(*mfn)))
		return -XEN_EFAULT;
	return segments_set_gdt(v, mfn, ents);
}

__attribute__((hot)) void
segments_drop_ldt(struct vcpu *v)
{
	unsigned i;

	for (i = 0; v->pv.ldt_ents && i < 16; i++) {
		if (!v->pv.ldt[i].mfn)
			continue;
		core_ldt_page(v, i, 0);
		hold_drop(&v->pv.ldt[i]);
	}
}

int segments_set_ldt(struct vcpu *v, uint64_t va, unsigned ents)
{
	if (ents > 8192 || va & (PAGE_SIZE - 1) ||
	    (ents && !guest_range(va, ents * 8ULL)))
		return -XEN_EINVAL;
	if (!ents && !v->pv.ldt_ents)
		return 0;
	segments_drop_ldt(v);
	v->pv.ldt_va = va;
	v->pv.ldt_ents = ents;
	core_ldt_limit(v, ents);
	return 0;
}

bool segments_ldt_fault(struct vcpu *v, unsigned page)
{
	uint64_t *e, mfn;
	int err;

	if (page * 512 >= v->pv.ldt_ents || v->pv.ldt[page].mfn)
		return false;
	e = paging_walk(v, v->pv.ldt_va + page * PAGE_SIZE);
	if (!e || !(*e & PTE_P))
		return false;
	mfn = (*e & PTE_ADDR) >> 12;
	err = hold_take(v->domain, &v->pv.ldt[page], mfn, FT_SEGDESC);
	if (err)
		return err == -XEN_ERESTART;	/* it will fault again */
	core_ldt_page(v, page, mfn);
	return true;
}

bool segments_ldt_need(struct vcpu *v, uint16_t sel)
{
	return sel & 4 && segments_ldt_fault(v, (sel >> 3) / 512);
}

/* update_descriptor(machine address, descriptor) */
int64_t do_update_descriptor(struct vcpu *v, const uint64_t *a)
{
	uint64_t desc = a[1], mfn = a[0] >> 12;
	struct frame *f = frame_of(v->domain, mfn);
	unsigned type;
	int err;

	if (a[0] & 7 || !f || !(f->flags & FF_GUEST) || !descriptor_ok(&desc))
		return -XEN_EINVAL;
	type = f->tcount && f->type == FT_SEGDESC ? FT_SEGDESC : FT_WRITABLE;
	err = frame_get_type(v->domain, mfn, type);
	if (err)
		return budget_error(err, -XEN_EINVAL);
	*(volatile uint64_t *)core_ma(a[0]) = desc;
	frame_put_type(mfn);
	return 0;
}

/* set_segment_base(which, base) */
int64_t do_set_segment_base(struct vcpu *v, const uint64_t *a)
{
	uint16_t sel = (uint16_t)a[1];

	if (a[0] == SEGBASE_GS_USER_SEL) {
		segments_ldt_need(v, sel);
		core_user_gs(v, sel);
		return 0;
	}
	if (a[0] > SEGBASE_GS_KERNEL || !addr_canonical(a[1]))
		return -XEN_EINVAL;
	core_set_base(v, (unsigned)a[0], a[1]);
	return 0;
}
