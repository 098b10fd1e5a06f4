/*
 * What the playing guest does with grants: it writes entries of both versions,
 * maps, unmaps and copies its own and changes the version, while backends use
 * them.
 */
#include <string.h>

#include "loader/abi/x86.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/grant.h"
#include "tests/core/play_domain.h"

#define REFS	6
#define HANDLES	6
#define COPIES	80	/* refused ones, too, are more than an overdraft */

static int64_t grant_op(unsigned cmd, const void *op, size_t size, uint64_t n)
{
	if (!play_put(PLAY_ARG, op, size))
		return -XEN_EFAULT;
	return play_call(__HYPERVISOR_grant_table_op, cmd, PLAY_ARG, n, 0);
}

static uint32_t any_ref(void)
{
	return (uint32_t)(play_rnd(32) ? play_rnd(REFS) : play_rnd(65536));
}

static void write_entry(void)
{
	struct domain *d = play_domain;
	uint32_t ref = (uint32_t)play_rnd(REFS);
	uint16_t flags = GTF_permit_access | (play_rnd(4) ? 0 : GTF_readonly);
	uint16_t domid = (uint16_t)(play_rnd(3) ? d->id : play_rnd(2) * 5);
	struct grant_entry_v1 *v1 = d->grants.frame[0];
	union grant_entry_v2 *v2 = d->grants.frame[0];

	if (!play_rnd(8))
		flags = (uint16_t)play_rnd(65536);
	if (d->grants.version == 1) {
		v1[ref] = (struct grant_entry_v1){
			flags, domid, (uint32_t)play_any_mfn()
		};
		return;
	}
	memset(&v2[ref], 0, sizeof(v2[ref]));
	v2[ref].full_page.frame = play_any_mfn();
	if (!play_rnd(3)) {
		flags |= GTF_sub_page;
		v2[ref].sub_page.page_off = (uint16_t)play_rnd(4200);
		v2[ref].sub_page.length = (uint16_t)play_rnd(4200);
	}
	v2[ref].hdr = (grant_entry_header_t){ flags, domid };
}

static void use_as_backend(void)
{
	uint32_t ref = (uint32_t)play_rnd(REFS);
	const struct grant_active *a = grant_active(play_domain, ref);
	bool write = play_rnd(2);
	uint64_t *p;

	if (play_rnd(2)) {
		p = grant_map(play_domain, ref, write);
		if (p && write)
			p[play_rnd(512)] = play_any_pte();
		if (p && !play_rnd(4))
			grant_unmap(play_domain, ref, write);
	} else if (!a->own && (write ? a->writers : a->readers)) {
		grant_unmap(play_domain, ref, write);
	}
}

/* One that is in use, if there is one. */
static uint32_t used_ref(void)
{
	uint32_t ref = (uint32_t)play_rnd(REFS);
	const struct grant_active *a;

	for (unsigned i = 0; i < REFS; i++) {
		a = grant_active(play_domain, ref);
		if (a->readers || a->writers)
			break;
		ref = (ref + 1) % REFS;
	}
	return ref;
}

/* It names another frame; the rest of it stays. */
static void write_frame(void)
{
	struct grant_table *t = &play_domain->grants;
	struct grant_entry_v1 *v1 = t->frame[0];
	union grant_entry_v2 *v2 = t->frame[0];
	uint32_t ref = used_ref();

	if (t->version == 1)
		v1[ref].frame = (uint32_t)play_any_mfn();
	else
		v2[ref].full_page.frame = play_any_mfn();
}

/* Where something is mapped: one of a few pages, or an entry for it. */
static uint64_t any_place(uint32_t flags)
{
	unsigned page = play_rnd(4) ? PLAY_FIRST + (unsigned)play_rnd(2) :
		play_page();

	if (!(flags & GNTMAP_contains_pte))
		return play_va(page);
	if (!play_rnd(4))
		return play_any_mfn() << 12 | play_rnd(4096);
	return play_mfn(3) << 12 | page << 3;
}

static void map(void)
{
	struct gnttab_map_grant_ref op = {
		.flags = GNTMAP_host_map,
		.ref = play_rnd(2) ? used_ref() : any_ref(),
		.dom = (domid_t)(play_rnd(8) ? play_domain->id : play_rnd(9)),
	};
	uint64_t k = play_rnd(16);

	/* Not more than can be found again. */
	if (play_domain->grants.free_mapping >= HANDLES)
		return;
	if (k & 1)
		op.flags |= GNTMAP_readonly;
	if (!(k & 6))
		op.flags |= GNTMAP_device_map;
	if (!(k & 8))
		op.flags |= GNTMAP_contains_pte;
	if (!play_rnd(16))
		op.flags = (uint32_t)play_rnd(65536) << 3 | (uint32_t)k;
	op.host_addr = any_place(op.flags);
	grant_op(GNTTABOP_map_grant_ref, &op, sizeof(op), 1);
}

/* Where HANDLE's page is mapped, mostly; *MA is its address. */
static uint64_t its_place(unsigned handle, uint64_t *ma)
{
	const struct grant_table *t = &play_domain->grants;
	const uint64_t *e = core_frame(play_mfn(3));
	const struct grant_mapping *m;
	unsigned i;

	*ma = 0;
	if (handle >= t->n_mappings || !t->mapping[0][handle].flags)
		return any_place(0);
	m = &t->mapping[0][handle];
	*ma = (uint64_t)grant_active(play_domain, m->ref)->mfn << 12;
	for (i = PLAY_FIRST; i < PLAY_FIRST + PLAY_COUNT; i++)
		if ((e[i] & PTE_ADDR) == *ma && e[i] & PTE_P &&
		    !(e[i] & PTE_RW) == !!(m->flags & GNTMAP_readonly))
			break;
	if (i == PLAY_FIRST + PLAY_COUNT || !play_rnd(4))
		return any_place(m->flags);
	return m->flags & GNTMAP_contains_pte ? play_mfn(3) << 12 | i << 3 :
		play_va(i);
}

static void unmap(void)
{
	struct gnttab_unmap_grant_ref op = {
		.handle = (unsigned)play_rnd(HANDLES)
	};

	op.host_addr = its_place(op.handle, &op.dev_bus_addr);
	if (play_rnd(2))
		op.dev_bus_addr = 0;
	if (!play_rnd(4))
		op.host_addr = 0;
	grant_op(GNTTABOP_unmap_grant_ref, &op, sizeof(op), 1);
}

static void replace(void)
{
	struct gnttab_unmap_and_replace op = {
		.handle = (unsigned)play_rnd(HANDLES), .new_addr = any_place(0),
	};
	uint64_t ma;

	op.host_addr = its_place(op.handle, &ma);
	if (!play_rnd(8))
		op.new_addr = 0;
	grant_op(GNTTABOP_unmap_and_replace, &op, sizeof(op), 1);
}

static void any_end(struct gnttab_copy_ptr *p, bool by_ref)
{
	if (by_ref)
		p->u.ref = any_ref();
	else
		p->u.gmfn = play_any_mfn();
	p->domid = (domid_t)(play_rnd(8) ? DOMID_SELF : play_rnd(3));
	p->offset = (uint16_t)play_rnd(play_rnd(8) ? 512 : 5000);
}

static void copy(void)
{
	struct gnttab_copy op[COPIES];
	unsigned n = play_rnd(16) ? 1 + (unsigned)play_rnd(3) : COPIES, i;

	memset(op, 0, sizeof(op));
	for (i = 0; i < n; i++) {
		op[i].flags = (uint16_t)play_rnd(4);
		op[i].len = (uint16_t)play_rnd(play_rnd(8) ? 512 : 5000);
		any_end(&op[i].source, op[i].flags & GNTCOPY_source_gref);
		any_end(&op[i].dest, op[i].flags & GNTCOPY_dest_gref);
	}
	grant_op(GNTTABOP_copy, op, sizeof(*op) * n, n);
}

/* The table's frames, and those of version 2's status words. */
static void look(void)
{
	struct gnttab_setup_table s = {
		.dom = DOMID_SELF, .nr_frames = (uint32_t)play_rnd(3)
	};
	gnttab_get_status_frames_t g = {
		.dom = DOMID_SELF, .nr_frames = (uint32_t)play_rnd(3)
	};

	s.frame_list.p = (xen_pfn_t *)(uintptr_t)(PLAY_ARG + 64);
	g.frame_list.p = (uint64_t *)(uintptr_t)(PLAY_ARG + 64);
	if (play_rnd(2))
		grant_op(GNTTABOP_setup_table, &s, sizeof(s), 1);
	else
		grant_op(GNTTABOP_get_status_frames, &g, sizeof(g), 1);
}

static void version(void)
{
	gnttab_set_version_t s = { 1 + (unsigned)play_rnd(2) };

	if (!play_rnd(8))
		s.version = (unsigned)play_rnd(300);
	grant_op(GNTTABOP_set_version, &s, sizeof(s), 1);
}

/* Nothing is in use any more, as far as the guest can do that. */
static void end_all(void)
{
	struct gnttab_unmap_grant_ref op;
	uint32_t ref;
	unsigned i;

	for (i = 0; i < HANDLES; i++) {
		op.host_addr = its_place(i, &op.dev_bus_addr);
		op.handle = i;
		grant_op(GNTTABOP_unmap_grant_ref, &op, sizeof(op), 1);
	}
	for (ref = 0; ref < REFS; ref++) {
		const struct grant_active *a = grant_active(play_domain, ref);

		while (!a->own && (a->readers || a->writers))
			grant_unmap(play_domain, ref, a->writers);
	}
}

/* To see status frames still, when they are not the guest's any more. */
static void keep_status(void)
{
	const struct grant_table *t = &play_domain->grants;
	gnttab_set_version_t s = { 2 };
	unsigned page = play_page();
	bool present;

	end_all();
	grant_op(GNTTABOP_set_version, &s, sizeof(s), 1);
	if (!t->n_status)
		return;
	play_call(__HYPERVISOR_update_va_mapping, play_va(page),
		  core_mfn(t->status[0]) << 12 | PTE_P |
		  (play_rnd(2) ? PTE_RW : 0), 0, 0);
	fakecpu_access(&play_domain->vcpu[play_rnd(PLAY_VCPUS)], play_va(page),
		       false, &present);
	if (play_rnd(8))
		play_call(__HYPERVISOR_update_va_mapping, play_va(page), 0, 0,
			  0);
	s.version = 1;
	grant_op(GNTTABOP_set_version, &s, sizeof(s), 1);
}

void play_grants(void)
{
	static void (*const action[])(void) = {
		write_entry, write_entry, write_frame, use_as_backend,
		use_as_backend, map, map, map, unmap, unmap, unmap, replace,
		copy, copy, look, version, keep_status,
	};

	action[play_rnd(sizeof(action) / sizeof(*action))]();
}
