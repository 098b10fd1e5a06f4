/*
 * The domain builder.  What is to be where is the PV kernel format's business
 * (loader/kernel/xenpv/xenpv.h); here pseudo-physical pages get machine frames,
 * and the whole pages of a module become the domain's without being copied.
 * All others are zeroed: no guest finds what was in memory before it.
 */
#include "pvboot/hv/build.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/xenpv/xenpv.h"
#include "pvboot/hv/back/console.h"
#include "pvboot/hv/back/xenbus.h"
#include "pvboot/hv/boot_entry.h"
#include "pvboot/hv/config.h"
#include "pvboot/hv/machine/boot/boot.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/cpu/vcpu.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "pvboot/hv/pv/memory/grant.h"
#include "pvboot/hv/pv/memory/hold.h"
#include "pvboot/hv/pv/memory/paging.h"
#include "pvboot/hv/setup.h"

#define EXTENTS 160

struct stretch {
	uint64_t pfn, mfn, n;
};

struct builder {
	struct domain *domain;
	struct stretch ext[EXTENTS];
	unsigned n, last;
	/* Frames not given yet: free RAM first, then what modules leave. */
	struct ram supply[EXTENTS];
	unsigned n_supply, first_module;
};

static const struct stretch *extent_of(struct builder *b, uint64_t pfn)
{
	unsigned i, k = b->last;

	for (i = 0; i < b->n; i++, k = k + 1 < b->n ? k + 1 : 0)
		if (pfn - b->ext[k].pfn < b->ext[k].n) {
			b->last = k;
			return &b->ext[k];
		}
	return NULL;
}

static uint64_t builder_mfn(void *ctx, uint64_t pfn)
{
	const struct stretch *e = extent_of(ctx, pfn);

	return e ? e->mfn + (pfn - e->pfn) : XENPV_NONE;
}

static void *builder_page(void *ctx, uint64_t pfn)
{
	uint64_t mfn = builder_mfn(ctx, pfn);

	if (mfn != XENPV_NONE)
		return ma_va(mfn << 12);
	fail(ERR_NO_MEMORY, "page %lx is outside the domain", pfn);
	return NULL;
}

static void add_extent(struct builder *b, uint64_t pfn, uint64_t mfn,
		       uint64_t n)
{
	if (b->n == EXTENTS)
		panic("the machine's memory is in too many pieces");
	b->ext[b->n++] = (struct stretch){ pfn, mfn, n };
}

static void add_supply(struct builder *b, uint64_t start, uint64_t end)
{
	if (start >= end)
		return;
	if (b->n_supply == EXTENTS)
		panic("the machine's memory is in too many pieces");
	b->supply[b->n_supply++] = (struct ram){ start, end };
}

/* Pages from PFN on, up to END, that have no frame yet. */
static uint64_t gap(struct builder *b, uint64_t *pfn, uint64_t end)
{
	const struct stretch *e;
	uint64_t stop = end;
	unsigned i;

	while (*pfn < end && (e = extent_of(b, *pfn)))
		*pfn = e->pfn + e->n;
	for (i = 0; i < b->n; i++)
		if (b->ext[i].pfn > *pfn && b->ext[i].pfn < stop)
			stop = b->ext[i].pfn;
	return *pfn < stop ? stop - *pfn : 0;
}

/* Frames from supplies FROM..TO for [pfn, end); where it had to stop. */
static uint64_t populate(struct builder *b, uint64_t pfn, uint64_t end,
			 unsigned from, unsigned to)
{
	uint64_t n, have;

	while ((n = gap(b, &pfn, end))) {
		struct ram *s = &b->supply[from];

		if (from == to)
			break;
		have = (s->end - s->start) >> 12;
		if (!have) {
			from++;
			continue;
		}
		if (n > have)
			n = have;
		s->end -= n << 12;
		memset(ma_va(s->end), 0, n << 12);
		add_extent(b, pfn, s->end >> 12, n);
	}
	return pfn;
}

/* Take [start, end) out of the modules' memory. */
static void remove_supply(struct builder *b, uint64_t start, uint64_t end)
{
	unsigned i;

	for (i = 0; i < b->n_supply; i++) {
		struct ram *s = &b->supply[i];
		uint64_t old = s->end;

		if (end <= s->start || start >= s->end)
			continue;
		s->end = start;
		add_supply(b, end, old);
		return;
	}
}

static bool supplied(struct builder *b, uint64_t start, uint64_t end)
{
	unsigned i;

	for (i = 0; i < b->n_supply; i++)
		if (start >= b->supply[i].start && end <= b->supply[i].end)
			return true;
	return false;
}

static const uint8_t *source_of(const struct piece *p)
{
	struct extent run;

	if (!p->file)
		return p->mem;
	if (!p->len)
		return NULL;
	if (p->file->fs->driver->map(p->file, p->file_off, &run) ||
	    run.kind != EXTENT_MEM || run.len < p->len)
		panic("a module is not in memory");
	return run.mem;
}

/* The whole pages of a page-aligned piece become the domain's as they are. */
static void adopt(struct builder *b, const struct piece *p)
{
	const uint8_t *src = source_of(p);
	uint64_t ma, n = p->len >> 12;

	if (!src || !n || (uint64_t)(uintptr_t)src & (PAGE_SIZE - 1) ||
	    p->addr & (PAGE_SIZE - 1))
		return;
	ma = va_ma(src);
	if (!supplied(b, ma, ma + (n << 12)))
		return;
	for (uint64_t pfn = p->addr >> 12; pfn < (p->addr >> 12) + n; pfn++)
		if (extent_of(b, pfn))
			return;
	remove_supply(b, ma, ma + (n << 12));
	add_extent(b, p->addr >> 12, ma >> 12, n);
}

static void fill(struct builder *b, const struct piece *p)
{
	const uint8_t *src = source_of(p);
	uint64_t off = 0, n, in;
	uint8_t *to;

	for (; off < p->size; off += n) {
		in = (p->addr + off) & (PAGE_SIZE - 1);
		n = PAGE_SIZE - in;
		if (n > p->size - off)
			n = p->size - off;
		to = builder_page(b, (p->addr + off) >> 12);
		if (!to)
			panic("%s", err_text());
		to += in;
		if (off + n <= p->len) {
			if (to != src + off)
				memcpy(to, src + off, n);
			continue;
		}
		memset(to, 0, n);
		if (off < p->len)
			memcpy(to, src + off, p->len - off);
	}
}

static uint64_t supply_pages(const struct builder *b)
{
	uint64_t n = 0;
	unsigned i;

	for (i = 0; i < b->n_supply; i++)
		n += (b->supply[i].end - b->supply[i].start) >> 12;
	return n;
}

static void collect(struct builder *b, const struct hv_config *c)
{
	unsigned i;

	for (i = 0; i < memory_left.n; i++)
		add_supply(b, memory_left.ram[i].start, memory_left.ram[i].end);
	if (memory_left.lost)
		hv_log("memory in more than %d pieces: %lu KiB are not used",
		       RANGES_FREE, memory_left.lost >> 10);
	/* It is the domain's: who now calls memory_take() is told. */
	memory_left.n = 0;
	b->first_module = b->n_supply;
	for (i = 0; i < boot_info.n_modules; i++) {
		const struct module *m = &boot_info.module[i];

		if (config_is_disk(c, i))
			continue;
		add_supply(b, (m->start + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1),
			   m->end & ~(PAGE_SIZE - 1));
	}
}

/*
 * What the builder writes, from the kernel on, gets free RAM: modules' pages
 * may still have to be read.  The rest of the domain takes what is left.
 */
static void place(struct builder *b, const struct handover *ho,
		  const struct xenpv *x)
{
	unsigned i;

	for (i = 0; i < ho->n; i++)
		adopt(b, &ho->piece[i]);
	if (populate(b, x->kernel.pfn, x->end, 0, b->first_module) < x->end)
		panic("the domain's memory is too small");
	for (i = 0; i < ho->n; i++)
		fill(b, &ho->piece[i]);
}

static void own_frames(struct builder *b)
{
	struct domain *d = b->domain;
	unsigned i;
	uint64_t k;

	for (i = 0; i < b->n; i++)
		for (k = 0; k < b->ext[i].n; k++) {
			frame_give(d, b->ext[i].mfn + k);
			d->m2p[b->ext[i].mfn + k] = b->ext[i].pfn + k;
		}
}

static void set_registers(struct vcpu *v, const struct handover *ho)
{
	struct regs *r = &v->regs;

	r->rip = ho->entry;
	r->rsp = ho->stack;
	r->rsi = ho->rsi;
	r->cs = SEL_KERNEL_CS;
	r->ss = SEL_KERNEL_SS;
	r->rflags = FLAG_IF | FLAG_FIXED;
	v->pv.kernel_sp = r->rsp;
	v->state = VCPU_RUNNABLE;
	vcpu_runstate(v, RUNSTATE_running);
	v->initialised = true;
	vcpu_set_tick(v, VCPU_TICK);
}

static void start_vcpu(struct builder *b, const struct handover *ho,
		       const struct xenpv *x)
{
	struct vcpu *v = &b->domain->vcpu[0];
	uint64_t root = builder_mfn(b, x->tables.pfn);

	if (frame_pin(b->domain, root, FT_L4) ||
	    hold_take(b->domain, &v->pv.kernel_root, root, FT_L4))
		panic("the page tables built for the domain are not valid");
	v->pv.kernel_mode = true;
	paging_show_m2p(b->domain, root, true);
	paging_load(v);
	set_registers(v, ho);
}

/* The backends write to it for as long as the domain lives. */
static void keep_ring(struct domain *d, struct hold *ring, uint64_t mfn)
{
	if (hold_take(d, ring, mfn, FT_WRITABLE))
		panic("the domain has no place for a ring");
	memset(hold_page(ring), 0, PAGE_SIZE);
}

static void write_domain(struct builder *b, const struct xenpv *x)
{
	struct domain *d = b->domain;
	struct xenpv_machine m = {
		.page = builder_page, .mfn = builder_mfn, .ctx = b,
		.shared_info = va_ma(d->shared),
	};

	keep_ring(d, &d->console_ring, builder_mfn(b, x->console));
	keep_ring(d, &d->store_ring, builder_mfn(b, x->store));
	console_init(d);
	d->store_port = evtchn_new_backend(d, xenbus_notify);
	if (!grant_init(d))
		panic("no memory for a grant table");
	m.console_port = d->console_port;
	m.store_port = d->store_port;
	if (xenpv_write(x, &m))
		panic("%s", err_text());
}

void build_domain(struct domain *d, const struct hv_config *c)
{
	static struct builder b;
	static struct boot_entry e;
	static struct handover ho;
	static struct memmap map;
	static uint8_t room[32768];
	struct arena arena = { room, sizeof(room), 0 };
	const struct xenpv *x;

	b.domain = d;
	collect(&b, c);
	boot_entry_describe(&e, c);
	d->nr_pages = supply_pages(&b);
	if (c->memory && c->memory >> 12 < d->nr_pages)
		d->nr_pages = c->memory >> 12;
	d->tot_pages = d->nr_pages;
	if (memmap_set(&map, 0, d->nr_pages << 12, MEM_RAM) ||
	    xenpv_format.load(&e, &map, &arena, &ho))
		panic("%s", err_text());
	x = ho.extra.xenpv;
	place(&b, &ho, x);
	populate(&b, 0, d->nr_pages, 0, b.n_supply);
	own_frames(&b);
	write_domain(&b, x);
	setup_devices(d, c);
	start_vcpu(&b, &ho, x);
	hv_log("domain %u: %llu MiB, kernel %s", d->id,
	       (unsigned long long)(d->nr_pages >> 8), e.kernel_path);
}
