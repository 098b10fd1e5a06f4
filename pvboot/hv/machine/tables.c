/*
 * A processor's tables and stacks: the GDT (Xen's layout: pages 0..13 the
 * guest's, page 14 ours, xen/arch-x86/xen-x86_64.h), TSS and SYSCALL registers
 * of its own, an IDT for all.  Intel SDM volume 3, chapters 3, 6, 7 and 5.8.8.
 */
#include "pvboot/hv/machine/tables.h"

#include <string.h>

#include "pvboot/hv/machine/boot/boot.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/trap.h"

/* "Accessed" and "busy" in a GDT are the processor's to write. */
#define PTE_OWN		(PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX)
#define GDT_SLOT(sel)	(((sel) - 0xe000) >> 3)

struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, iobase;
} __attribute__((packed));

struct gate {
	uint16_t low, sel;
	uint8_t ist, type;
	uint16_t mid;
	uint32_t high, reserved;
};

struct table_ptr {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static struct gate idt[256] __attribute__((aligned(4096)));
static struct tss tss[PROCESSORS] __attribute__((aligned(128)));

#define STACK		0x4000		/* the common one */
#define IST_STACKS	4

/* What a processor has to itself. */
struct own {
	uint8_t stack[STACK], ist[IST_STACKS][4096], gdt[4096];
};

static struct own *own[PROCESSORS];

/*
 * Its stacks as they are mapped.  Below each a page that is not there: too deep
 * is a double fault.
 */
#define STACK_AT	0x1000
#define IST_AT(i)	(STACK_AT + STACK + 0x1000 + (i) * 0x2000)
_Static_assert(IST_AT(IST_STACKS) <= HV_STACKS_STEP, "stacks");

/*
 * What libc's functions expect behind FS: its own address, and a stack canary
 * at 0x28.  Only until the first guest runs; the build checks which use it.
 */
static uint64_t fs_block[8] = { [5] = 0x7c3a91e5d2064f8bULL };

static uint64_t stacks_of(unsigned processor)
{
	return HV_STACKS + processor * (uint64_t)HV_STACKS_STEP;
}

static void set_system(struct own *o, unsigned sel, uint64_t base,
		       uint32_t limit, uint8_t type)
{
	uint64_t *e = (uint64_t *)o->gdt + GDT_SLOT(sel);

	e[0] = (limit & 0xffff) | (base & 0xffffff) << 16 |
		(uint64_t)(0x80 | type) << 40 |
		(uint64_t)(limit >> 16 & 0xf) << 48 |
		(base >> 24 & 0xff) << 56;
	e[1] = base >> 32;
}

static void set_gate(unsigned vec, uint64_t to, uint8_t dpl, uint8_t ist)
{
	idt[vec] = (struct gate){
		.low = (uint16_t)to, .sel = SEL_CS0, .ist = ist,
		.type = (uint8_t)(0x8e | dpl << 5),
		.mid = (uint16_t)(to >> 16), .high = (uint32_t)(to >> 32),
	};
}

/*
 * Vectors that may strike while rsp is the guest's (just after SYSCALL, just
 * before SYSRET) have stacks of their own: #DB (by MOV SS), NMI, #DF, #MC.
 */
static void idt_init(void)
{
	static const uint8_t own_stack[IST_STACKS] = {
		VEC_DB, VEC_NMI, VEC_DF, VEC_MC
	};
	unsigned i;

	for (i = 0; i < 256; i++)
		set_gate(i, (uint64_t)(uintptr_t)trap_stubs[i],
			 i == VEC_BP || i == VEC_OF ? 3 : 0, 0);
	for (i = 0; i < IST_STACKS; i++)
		idt[own_stack[i]].ist = (uint8_t)(i + 1);
}

/* CS 0 in this register makes SYSENTER a #GP (SDM volume 2). */
void tables_set_sysenter(bool on)
{
	wrmsr(MSR_SYSENTER_CS, on ? SEL_CS0 : 0);
}

void tables_set_ldt(unsigned processor, unsigned ents)
{
	if (ents)
		set_system(own[processor], SEL_LDT, HV_LDT(processor),
			   ents * 8 - 1, 0x2);
	__asm__ volatile("lldt %w0" : : "r"(ents ? SEL_LDT : 0));
}

/* The last 16 bytes of an IST stack: where the other entries push. */
static uint64_t *ist_end(struct own *o, unsigned i)
{
	return (uint64_t *)(o->ist[i] + 4096 - 16);
}

void tables_set_stack(unsigned processor, struct regs *r)
{
	uint64_t top = (uint64_t)(uintptr_t)(r + 1);

	trap_cells[processor].regs_top = top;
	tss[processor].rsp[0] = top;
	for (unsigned i = 0; i < IST_STACKS; i++)
		*ist_end(own[processor], i) = top;
	wrmsr(MSR_SYSENTER_ESP, top);
	wrmsr(MSR_SYSENTER_EIP, (uint64_t)(uintptr_t)trap_sysenter);
}

static void map_stack(uint64_t va, const uint8_t *from, unsigned bytes)
{
	for (unsigned at = 0; at < bytes; at += PAGE_SIZE)
		memory_map(va + at, va_ma(from + at) | PTE_OWN);
}

static void map_own(unsigned processor)
{
	struct own *o = own[processor];
	uint64_t at = stacks_of(processor);

	map_stack(at + STACK_AT, o->stack, STACK);
	for (unsigned i = 0; i < IST_STACKS; i++) {
		map_stack(at + IST_AT(i), o->ist[i], PAGE_SIZE);
		tss[processor].ist[i] = at + IST_AT(i) + PAGE_SIZE - 16;
	}
	memory_map(HV_GDT(processor) + 14 * PAGE_SIZE, va_ma(o->gdt) | PTE_OWN);
}

void *tables_prepare(unsigned processor)
{
	struct own *o = memory_take(sizeof(*o));
	uint64_t *g = (uint64_t *)o->gdt;

	own[processor] = o;
	g[GDT_SLOT(SEL_CS0)] = 0x00af9b000000ffff;
	g[GDT_SLOT(SEL_DS0)] = 0x00cf93000000ffff;
	g[GDT_SLOT(0xe020)] = 0x00cffb000000ffff;
	g[GDT_SLOT(0xe028)] = 0x00cff3000000ffff;
	g[GDT_SLOT(0xe030)] = 0x00affb000000ffff;
	tss[processor].iobase = sizeof(*tss);	/* no ports for ring 3 */
	set_system(o, SEL_TSS, (uint64_t)(uintptr_t)&tss[processor],
		   sizeof(*tss) - 1, 0x9);
	map_own(processor);
	return o->stack + STACK;
}

uint64_t tables_stack(unsigned processor)
{
	return stacks_of(processor) + STACK_AT + STACK;
}

static void load_tables(unsigned processor)
{
	struct table_ptr gdtr = { 15 * 4096 - 1, HV_GDT(processor) };
	struct table_ptr idtr = { sizeof(idt) - 1, (uint64_t)(uintptr_t)idt };

	__asm__ volatile("lgdt %0; lidt %1" : : "m"(gdtr), "m"(idtr));
	__asm__ volatile("pushq %0; leaq 1f(%%rip), %%rax; pushq %%rax; lretq;"
			 "1: mov %w1, %%ss; mov %w2, %%ds; mov %w2, %%es;"
			 "mov %w2, %%fs; mov %w2, %%gs; lldt %w2; ltr %w3"
			 : : "i"(SEL_CS0), "r"(SEL_DS0), "r"(0), "r"(SEL_TSS)
			 : "rax", "memory");
}

void tables_load(unsigned processor)
{
	load_tables(processor);
	wrmsr(MSR_STAR, (uint64_t)SEL_USER32 << 48 | (uint64_t)SEL_CS0 << 32);
	wrmsr(MSR_LSTAR, (uint64_t)(uintptr_t)trap_syscall[processor][0]);
	wrmsr(MSR_CSTAR, (uint64_t)(uintptr_t)trap_syscall[processor][1]);
	wrmsr(MSR_FMASK, FLAG_IF | FLAG_TF | FLAG_DF | FLAG_IOPL | FLAG_NT |
	      FLAG_RF | FLAG_AC | FLAG_VM | FLAG_VIF | FLAG_VIP);
}

void tables_init(void)
{
	idt_init();
	memory_map((uint64_t)(uintptr_t)boot_guard, 0);
	tables_prepare(0);
	tables_load(0);
	fs_block[0] = (uint64_t)(uintptr_t)fs_block;
	wrmsr(MSR_FS_BASE, fs_block[0]);
}

/* From here on the bases are the guest's. */
void tables_leave(void)
{
	wrmsr(MSR_FS_BASE, 0);
	wrmsr(MSR_GS_BASE, 0);
	wrmsr(MSR_KERNEL_GS_BASE, 0);
}
