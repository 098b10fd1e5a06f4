/*
 * A processor in a process.  It walks the same tables as a real one, in an
 * array; nothing is forgotten but by core_load_root(), core_flush() and
 * core_invlpg().  What a real one may drop by itself is never dropped here,
 * until a cache is full.
 */
#include "tests/core/fakecpu.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/memory/frames.h"

#define TLB	48
#define HV_L3	2	/* frames of the hypervisor's own tables: see reset */

static uint8_t arena[FAKE_FRAMES * 4096UL] __attribute__((aligned(4096)));
static uint64_t next_page;

static struct cpu {
	uint64_t root, base[3];
	unsigned n, walks, ldt_ents;
	struct translation {
		uint64_t page, mfn;
		bool write;
	} tlb[TLB], walk[TLB];	/* of pages; of 2 MiB, to their L1 table */
	uint64_t gdt[14], ldt[16];
} cpu[VCPUS];

const uint64_t core_direct = (uint64_t)(uintptr_t)arena;
uint64_t max_mfn = FAKE_FRAMES;

void fakecpu_fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

/*
 * Our own tables show all memory one level below slot 257, but not to ring 3.
 */
void fakecpu_reset(void)
{
	uint64_t *t;
	unsigned i;

	memset(arena, 0, sizeof(arena));
	memset(cpu, 0, sizeof(cpu));
	next_page = HV_L3 + 3;
	for (i = 0; i < 3; i++) {
		t = core_frame(HV_L3 + i);
		t[0] = (uint64_t)(HV_L3 + i + 1) << 12 | PTE_P | PTE_RW;
	}
	for (i = 0; i < 512 && i < FAKE_FRAMES; i++)
		t[i] = (uint64_t)i << 12 | PTE_P | PTE_RW;
}

/* ---- the walk ---- */

/* The entry of VA at SHIFT below ROOT; NULL: nothing for ring 3. */
static uint64_t *entry_of(uint64_t mfn, uint64_t va, int shift, uint64_t *rw)
{
	uint64_t *e;
	int s;

	*rw = PTE_RW;
	for (s = 39; ; s -= 9) {
		if (mfn >= FAKE_FRAMES)
			fakecpu_fail("frame %lx is walked", mfn);
		e = (uint64_t *)core_frame(mfn) + (va >> s & 511);
		if ((*e & (PTE_P | PTE_US)) != (PTE_P | PTE_US))
			return NULL;
		*rw &= *e;
		if (s == shift)
			return e;
		mfn = (*e & PTE_ADDR) >> 12;
	}
}

uint8_t *fakecpu_walk(struct vcpu *v, uint64_t va, bool write)
{
	uint64_t rw, *e = entry_of(v->pv.kernel_root.mfn, va, 12, &rw);

	if (!e || (write && !rw))
		return NULL;
	return (uint8_t *)core_frame((*e & PTE_ADDR) >> 12) + (va & 4095);
}

static void keep(struct translation *t, unsigned *n, uint64_t page,
		 uint64_t mfn, bool write)
{
	if (*n == TLB)
		memmove(t, t + 1, --*n * sizeof(*t));
	t[(*n)++] = (struct translation){ page, mfn, write };
}

/* The L1 table for VA and whether all above it may be written: cached first. */
static bool l1_of(struct cpu *c, uint64_t va, uint64_t *mfn, bool *write)
{
	uint64_t rw, *e;
	unsigned i;

	for (i = 0; i < c->walks; i++)
		if (c->walk[i].page == va >> 21) {
			*mfn = c->walk[i].mfn;
			*write = c->walk[i].write;
			return true;
		}
	e = entry_of(c->root, va, 21, &rw);
	if (!e)
		return false;
	*mfn = (*e & PTE_ADDR) >> 12;
	*write = rw;
	keep(c->walk, &c->walks, va >> 21, *mfn, rw);
	return true;
}

uint8_t *fakecpu_access(struct vcpu *v, uint64_t va, bool write, bool *present)
{
	struct cpu *c = &cpu[v->id];
	uint64_t l1, *e;
	bool above;
	unsigned i;

	*present = false;
	for (i = 0; i < c->n; i++)
		if (c->tlb[i].page == va >> 12 && (c->tlb[i].write || !write))
			return (uint8_t *)core_frame(c->tlb[i].mfn) +
				(va & 4095);
	if (!l1_of(c, va, &l1, &above))
		return NULL;
	e = (uint64_t *)core_frame(l1) + (va >> 12 & 511);
	if ((*e & (PTE_P | PTE_US)) != (PTE_P | PTE_US))
		return NULL;
	*present = true;
	if (write && !(above && *e & PTE_RW))
		return NULL;
	*e |= write ? PTE_A | PTE_D : PTE_A;
	keep(c->tlb, &c->n, va >> 12, (*e & PTE_ADDR) >> 12,
	     above && *e & PTE_RW);
	return (uint8_t *)core_frame((*e & PTE_ADDR) >> 12) + (va & 4095);
}

/* ---- the oracle ---- */

static void check_window(struct domain *d, const uint64_t *mfn, unsigned n)
{
	while (n--) {
		struct frame *f = mfn[n] ? frame_of(d, mfn[n]) : NULL;

		if (mfn[n] && (!f || f->type != FT_SEGDESC || !f->tcount))
			fakecpu_fail("frame %lx is no descriptor page", mfn[n]);
	}
}

static void check_root(struct domain *d, uint64_t mfn)
{
	const struct frame *f = frame_of(d, mfn);

	if (!f || f->type != FT_L4 || !frame_is_table(f))
		fakecpu_fail("frame %lx is no root", mfn);
}

static void check_cpu(struct domain *d, const struct cpu *c)
{
	unsigned i;

	for (i = 0; i < c->n; i++) {
		const struct frame *f = frame_of(d, c->tlb[i].mfn);

		if (!f || (c->tlb[i].write && f->type != FT_WRITABLE))
			fakecpu_fail("page %lx: an old translation %s frame "
				     "%lx (owner %u, type %u)", c->tlb[i].page,
				     c->tlb[i].write ? "writes" : "reads",
				     c->tlb[i].mfn,
				     frames[c->tlb[i].mfn].owner,
				     frames[c->tlb[i].mfn].type);
	}
	for (i = 0; i < c->walks; i++) {
		const struct frame *f = frame_of(d, c->walk[i].mfn);

		/* Through a link to a root, ours are tables too. */
		if (c->walk[i].mfn >= FAKE_FIRST &&
		    (!f || f->type == FT_NONE || f->type > FT_L4))
			fakecpu_fail("an old walk takes frame %lx for a table",
				     c->walk[i].mfn);
	}
	check_window(d, c->gdt, 14);
	check_window(d, c->ldt, 16);
}

void fakecpu_check(struct domain *d)
{
	unsigned i;

	for (i = 0; i < d->n_vcpus; i++) {
		check_cpu(d, &cpu[i]);
		if (d->vcpu[i].loaded)
			check_root(d, cpu[i].root);
	}
}

/* ---- pv/core.h ---- */

void *core_frame_table(uint64_t size)
{
	void *p = core_frame(next_page);

	next_page += (max_mfn * size + 4095) / 4096;
	return p;
}

void *core_page(void)
{
	return next_page < FAKE_FIRST ? core_frame(next_page++) : NULL;
}

bool core_is_ram(uint64_t mfn)
{
	return mfn < FAKE_FRAMES;
}

uint64_t core_slot(unsigned slot)
{
	return slot == 257 ? (uint64_t)HV_L3 << 12 | PTE_P | PTE_RW : 0;
}

void core_load_root(struct vcpu *v, uint64_t mfn)
{
	check_root(v->domain, mfn);
	cpu[v->id].root = mfn;
	core_flush(v);
}

/* Ours has nothing for ring 3: no access may be tried by it. */
void core_unload_root(struct vcpu *v)
{
	cpu[v->id].root = 0;
	core_flush(v);
}

void core_flush_mask(struct domain *d, uint32_t vcpus)
{
	for (unsigned i = 0; i < d->n_vcpus; i++)
		if (vcpus >> i & 1)
			core_flush(&d->vcpu[i]);
}

void core_invlpg_mask(struct domain *d, uint32_t vcpus, uint64_t va)
{
	for (unsigned i = 0; i < d->n_vcpus; i++)
		if (vcpus >> i & 1)
			core_invlpg(&d->vcpu[i], va);
}

void core_flush(struct vcpu *v)
{
	cpu[v->id].n = cpu[v->id].walks = 0;
}

void core_invlpg(struct vcpu *v, uint64_t va)
{
	struct cpu *c = &cpu[v->id];
	unsigned i, n = 0;

	for (i = 0; i < c->n; i++)
		if (c->tlb[i].page != va >> 12)
			c->tlb[n++] = c->tlb[i];
	c->n = n;
	c->walks = 0;
}

void core_gdt_page(struct vcpu *v, unsigned page, uint64_t mfn)
{
	cpu[v->id].gdt[page] = mfn;
}

void core_ldt_page(struct vcpu *v, unsigned page, uint64_t mfn)
{
	cpu[v->id].ldt[page] = mfn;
}

void core_ldt_limit(struct vcpu *v, unsigned ents)
{
	cpu[v->id].ldt_ents = ents;
}

void core_set_base(struct vcpu *v, unsigned which, uint64_t base)
{
	cpu[v->id].base[which] = base;
}

uint64_t core_base(struct vcpu *v, uint8_t prefix)
{
	if (prefix == 0x64)
		return cpu[v->id].base[SEGBASE_FS];
	return prefix == 0x65 ? cpu[v->id].base[SEGBASE_GS_KERNEL] : 0;
}

void core_user_gs(struct vcpu *v, uint16_t sel)
{
}

void core_swap_gs(struct vcpu *v)
{
	uint64_t *base = cpu[v->id].base, user = base[SEGBASE_GS_USER];

	base[SEGBASE_GS_USER] = base[SEGBASE_GS_KERNEL];
	base[SEGBASE_GS_KERNEL] = user;
}

void core_poll(void)
{
}

bool core_long_mode(struct vcpu *v)
{
	return true;
}

/* ---- and of the rest of the hypervisor ---- */

void hv_log(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void panic(const char *format, ...)
{
	fakecpu_fail("panic: %s", format);
}
