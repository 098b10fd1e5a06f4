/*
 * Part of hostile.elf: our own grants, mapped, moved, copied and held against
 * page tables, in versions 1 and 2 of the table.
 */
#include <string.h>

#include "tests/hv/guest.h"
#include "tests/hv/hostile/hostile.h"

#define REF	10
#define SELF	1	/* the only domain */

static struct grant_entry_v1 *v1;
static union grant_entry_v2 *v2;

static long grant_op(unsigned cmd, void *arg)
{
	return hypercall(__HYPERVISOR_grant_table_op, cmd, UL(arg), 1, 0);
}

static void give(uint64_t mfn, uint16_t flags)
{
	v1[REF] = (struct grant_entry_v1){
		(uint16_t)(GTF_permit_access | flags), SELF, (uint32_t)mfn
	};
}

static int map_at(uint64_t host, uint32_t flags, grant_handle_t *handle)
{
	struct gnttab_map_grant_ref op = {
		.host_addr = host, .flags = flags, .ref = REF, .dom = SELF
	};

	if (grant_op(GNTTABOP_map_grant_ref, &op))
		op.status = 1;
	*handle = op.handle;
	return op.status;
}

static int unmap(grant_handle_t handle, uint64_t host, uint64_t dev)
{
	struct gnttab_unmap_grant_ref op = {
		.host_addr = host, .dev_bus_addr = dev, .handle = handle
	};

	return grant_op(GNTTABOP_unmap_grant_ref, &op) ? 1 : op.status;
}

static bool is_table(uint64_t mfn)
{
	return !mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0) &&
		!mmuext(MMUEXT_UNPIN_TABLE, mfn, 0);
}

static void write_to(void *p)
{
	*(volatile uint64_t *)p = 0x7770;
}

/* FRAME's page is mapped read-only, and by a grant at WINDOW. */
static void mappings(uint64_t *page, uint64_t *window)
{
	uint64_t mfn = va_mfn(page), ma = mfn * PAGE;
	grant_handle_t h;

	protect(page, false);
	set_va(window, 0);
	give(mfn, 0);
	ok(!map_at(UL(window), GNTMAP_host_map, &h) &&
	   !faults(write_to, window) && *page == 0x7770 && !is_table(mfn),
	   "grants: a page of ours, writable: no page table");
	ok(unmap(h, UL(page), 0) < 0 && unmap(h, UL(window) + 8 * PAGE, 0) < 0
	   && unmap(h + 1, UL(window), 0) < 0 && !is_table(mfn),
	   "grants: only what was mapped is unmapped");
	ok(!unmap(h, UL(window), 0) && faults(write_to, window) &&
	   is_table(mfn), "grants: unmapped for the processor, too");
	ok(unmap(h, UL(window), 0) < 0, "grants: once");
	ok(!map_at(UL(window), GNTMAP_host_map | GNTMAP_device_map, &h) &&
	   !unmap(h, UL(window), 0) && !is_table(mfn) && !unmap(h, 0, ma) &&
	   is_table(mfn), "grants: two uses of two kinds");
	give(mfn, GTF_readonly);
	ok(map_at(UL(window), GNTMAP_host_map, &h) < 0 &&
	   !map_at(UL(window), GNTMAP_host_map | GNTMAP_readonly, &h) &&
	   faults(write_to, window) && !unmap(h, UL(window), 0),
	   "grants: read-only");
	/* What it cannot have by a page table entry it cannot have so. */
	give(va_mfn((void *)si->pt_base), 0);
	ok(map_at(UL(window), GNTMAP_host_map, &h) < 0, "grants: no root");
	give(0x100, 0);
	ok(map_at(UL(window), GNTMAP_host_map | GNTMAP_readonly, &h) < 0,
	   "grants: nothing of the hypervisor's");
	give(v1[1].frame, 0);
	ok(!map_at(UL(window), GNTMAP_host_map, &h) &&
	   !unmap(h, UL(window), 0), "grants: what backends have as well");
}

static void places(uint64_t *page, uint64_t *window)
{
	uint64_t root = si->pt_base, at = pte_ma(window);
	uint32_t by_pte = GNTMAP_host_map | GNTMAP_contains_pte;
	const uint64_t bad[] = {
		HOLE, HOLE + (1UL << 39), HOLE_END - PAGE, 1UL << 47,
		0x123456789000, va_ma((void *)root) + 256 * 8,
		va_ma((void *)root), at + 4, at + 1, 0x100000, 0, ~7UL,
		si->shared_info,
	};
	grant_handle_t h;
	unsigned i, good = 0;

	give(va_mfn(page), 0);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		good += !map_at(bad[i], by_pte, &h);
		good += !map_at(bad[i], GNTMAP_host_map, &h);
	}
	ok(!good && v1[REF].flags == GTF_permit_access,
	   "grants: no place among tables and ours");
	ok(!map_at(at, by_pte, &h) && unmap(h, UL(window), 0) < 0 &&
	   !unmap(h, at, 0), "grants: by the entry's address");
}

static int copy(uint64_t from, uint64_t to, unsigned off, unsigned len)
{
	struct gnttab_copy op;

	memset(&op, 0, sizeof(op));
	op.source.u.gmfn = from;
	op.dest.u.gmfn = to;
	op.source.domid = op.dest.domid = DOMID_SELF;
	op.dest.offset = (uint16_t)off;
	op.len = (uint16_t)len;
	return grant_op(GNTTABOP_copy, &op) ? 1 : op.status;
}

static void copies(uint64_t *page)
{
	uint64_t mfn = va_mfn(page), root = va_mfn((void *)si->pt_base);
	unsigned good = 0;

	ok(!copy(root, mfn, 8, 16) && page[1] == *(uint64_t *)si->pt_base,
	   "grants: a copy");
	good += !copy(mfn, root, 256 * 8, 8);
	good += !copy(mfn, 0x100, 0, 8);
	good += !copy(0x100, mfn, 0, 8);
	good += !copy(~0UL, mfn, 0, 8);
	good += !copy(mfn, mfn, 4090, 8);
	good += !copy(mfn, mfn, 0xffff, 0xffff);
	ok(!good, "grants: no copies into tables, to or from the hypervisor");
}

static long version(uint32_t n)
{
	gnttab_set_version_t s = { n };

	return grant_op(GNTTABOP_set_version, &s);
}

static void versions(uint64_t *page, uint64_t *window)
{
	gnttab_get_status_frames_t g;
	uint64_t frame = 0;
	grant_handle_t h;

	memset(&g, 0, sizeof(g));
	g.dom = DOMID_SELF;
	g.nr_frames = 1;
	set_xen_guest_handle(g.frame_list, &frame);
	ok(version(0) < 0 && version(3) < 0, "grants: versions 1 and 2");
	ok(!grant_op(GNTTABOP_get_status_frames, &g) && g.status,
	   "grants: no status frames");
	give(va_mfn(page), 0);
	ok(!map_at(UL(window), GNTMAP_host_map, &h) && version(2) < 0 &&
	   !unmap(h, UL(window), 0) && !version(2),
	   "grants: no other version while one is mapped");
	ok(!grant_op(GNTTABOP_get_status_frames, &g) && !g.status &&
	   !set_va(window, frame * PAGE | P | US) &&
	   mmuext(MMUEXT_PIN_L1_TABLE, frame, 0) < 0, "grants: status frames");
	h = (grant_handle_t)*(volatile uint64_t *)window;
	ok(version(1) == -16, "grants: nor while they are mapped");
	set_va(window, 0);
	ok(!version(1) && set_va(window, frame * PAGE | P | US) < 0,
	   "grants: then they are the hypervisor's again");
	ok(!version(2), "grants: version 2");
	v2[REF].full_page.frame = 1UL << 32 | va_mfn(page);
	v2[REF].hdr = (grant_entry_header_t){ GTF_permit_access, SELF };
	ok(map_at(UL(window), GNTMAP_host_map, &h) < 0,
	   "grants: no frame beyond memory");
	v2[REF].full_page.frame = va_mfn(page);
	ok(!map_at(UL(window), GNTMAP_host_map, &h) &&
	   !unmap(h, UL(window), 0), "grants: a page of ours in version 2");
	v2[REF].hdr.flags = GTF_permit_access | GTF_sub_page;
	ok(map_at(UL(window), GNTMAP_host_map, &h) < 0, "grants: not in part");
	v2[REF].hdr.flags = GTF_transitive;
	ok(map_at(UL(window), GNTMAP_host_map, &h) < 0,
	   "grants: not from others");
	ok(!version(1), "grants: version 1 for what follows");
}

void hostile_grants(void)
{
	uint64_t *page = pages(1), *window = pages(1), frame;
	void *table = pages(1);
	struct gnttab_setup_table s;

	memset(&s, 0, sizeof(s));
	s.dom = DOMID_SELF;
	s.nr_frames = 1;
	set_xen_guest_handle(s.frame_list, &frame);
	ok(!grant_op(GNTTABOP_setup_table, &s) && !s.status &&
	   !set_va(table, frame * PAGE | P | RW | US), "grants: the table");
	v1 = table;
	v2 = table;
	mappings(page, window);
	places(page, window);
	set_va(window, va_mfn(window) * PAGE | P | RW | US | A | D);
	protect(page, true);
	copies(page);
	protect(page, false);
	versions(page, window);
	protect(page, true);
}
