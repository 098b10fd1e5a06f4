/*
 * The processors behind the core (pv/core.h): vCPU N is number N's.
 */
#include "pvboot/hv/pv/core.h"

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/smp.h"
#include "pvboot/hv/machine/tables.h"
#include "pvboot/hv/machine/trap.h"
#include "pvboot/hv/pv/domain.h"

/* The processor sets "accessed", so the mapping is writable (to us alone). */
#define PTE_TABLE_PAGE	(PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX)

const uint64_t core_direct = HV_DIRECT;

static uint8_t zero_page[4096] __attribute__((aligned(4096)));

void *core_frame_table(uint64_t size)
{
	return memory_frame_table(size);
}

void *core_page(void)
{
	return memory_alloc(1);
}

bool core_is_ram(uint64_t mfn)
{
	return memory_is_ram(mfn << 12);
}

uint64_t core_slot(unsigned slot)
{
	return memory_l4[slot];
}

__attribute__((hot)) void
core_load_root(struct vcpu *v, uint64_t mfn)
{
	write_cr3(mfn << 12);
}

void core_unload_root(struct vcpu *v)
{
	write_cr3(va_ma(memory_l4));
}

void core_flush(struct vcpu *v)
{
	write_cr3(read_cr3());
}

void core_invlpg(struct vcpu *v, uint64_t va)
{
	invlpg(va);
}

void core_flush_mask(struct domain *d, uint32_t vcpus)
{
	uint32_t self = 1U << smp_self();

	if (vcpus & ~self)
		smp_flush(vcpus & ~self, SMP_ALL);
	if (vcpus & self)
		write_cr3(read_cr3());
}

void core_invlpg_mask(struct domain *d, uint32_t vcpus, uint64_t va)
{
	uint32_t self = 1U << smp_self();

	if (vcpus & ~self)
		smp_flush(vcpus & ~self, va);
	if (vcpus & self)
		invlpg(va);
}

void core_gdt_page(struct vcpu *v, unsigned page, uint64_t mfn)
{
	uint64_t ma = mfn ? mfn << 12 : va_ma(zero_page);

	memory_map(HV_GDT(v->id) + page * PAGE_SIZE, ma | PTE_TABLE_PAGE);
}

void core_ldt_page(struct vcpu *v, unsigned page, uint64_t mfn)
{
	memory_map(HV_LDT(v->id) + page * PAGE_SIZE,
		   mfn ? mfn << 12 | PTE_TABLE_PAGE : 0);
}

void core_ldt_limit(struct vcpu *v, unsigned ents)
{
	tables_set_ldt(v->id, ents);
}

void core_set_base(struct vcpu *v, unsigned which, uint64_t base)
{
	static const uint32_t msr[] = {
		MSR_FS_BASE, MSR_KERNEL_GS_BASE, MSR_GS_BASE,
	};

	wrmsr(msr[which], base);
}

__attribute__((hot)) void
core_swap_gs(struct vcpu *v)
{
	swapgs();
}

uint64_t core_base(struct vcpu *v, uint8_t prefix)
{
	if (prefix == 0x64)
		return rdmsr(MSR_FS_BASE);
	return prefix == 0x65 ? rdmsr(MSR_GS_BASE) : 0;
}

void core_user_gs(struct vcpu *v, uint16_t sel)
{
	swapgs();
	trap_load_gs(sel > 3 ? sel | 3 : 0);
	swapgs();
}

bool core_long_mode(struct vcpu *v)
{
	/* Bit 21 of a code segment's rights: L */
	return v->regs.cs == SEL_KERNEL_CS ||
		trap_lar((uint16_t)v->regs.cs) >> 21 & 1;
}

void core_poll(void)
{
	cpu_poll();
}
