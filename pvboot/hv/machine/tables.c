/*
 * The processor's tables: the GDT (Xen's layout: pages 0..13 the guest's,
 * page 14 ours, xen/arch-x86/xen-x86_64.h), IDT, TSS and SYSCALL registers.
 * Intel SDM volume 3, chapters 3, 6, 7 and 5.8.8.
 */
#include "pvboot/hv/machine/tables.h"

#include <string.h>

#include "pvboot/hv/machine/boot.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/trap.h"

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

uint8_t tables_gdt[4096] __attribute__((aligned(4096)));
static struct gate idt[256] __attribute__((aligned(4096)));
static struct tss tss __attribute__((aligned(16)));

/* Below each a page that is not there: too deep is a double fault. */
static struct {
	uint8_t guard[4096], stack[4096];
} own[4] __attribute__((aligned(4096)));


/*
 * What libc's functions expect behind FS: its own address, and a stack canary
 * at 0x28.  Only until the first guest runs; the build checks which use it.
 */
static uint64_t fs_block[8] = { [5] = 0x7c3a91e5d2064f8bULL };

static void set_system(unsigned sel, uint64_t base, uint32_t limit,
		       uint8_t type)
{
	uint64_t *e = (uint64_t *)tables_gdt + GDT_SLOT(sel);

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
	static const uint8_t own_stack[4] = { VEC_DB, VEC_NMI, VEC_DF, VEC_MC };
	unsigned i;

	for (i = 0; i < 256; i++)
		set_gate(i, (uint64_t)(uintptr_t)trap_stubs[i],
			 i == VEC_BP || i == VEC_OF ? 3 : 0, 0);
	for (i = 0; i < 4; i++) {
		idt[own_stack[i]].ist = (uint8_t)(i + 1);
		tss.ist[i] = (uint64_t)(uintptr_t)own[i].stack + 4096;
		memory_map((uint64_t)(uintptr_t)own[i].guard, 0);
	}
}

/* CS 0 in this register makes SYSENTER a #GP (SDM volume 2). */
void tables_set_sysenter(bool on)
{
	wrmsr(MSR_SYSENTER_CS, on ? SEL_CS0 : 0);
}

void tables_set_ldt(unsigned ents)
{
	if (ents)
		set_system(SEL_LDT, HV_LDT, ents * 8 - 1, 0x2);
	__asm__ volatile("lldt %w0" : : "r"(ents ? SEL_LDT : 0));
}

void tables_set_stack(struct regs *r)
{
	trap_regs_top = (uint64_t)(uintptr_t)(r + 1);
	tss.rsp[0] = trap_regs_top;
	wrmsr(MSR_SYSENTER_ESP, trap_regs_top);
	wrmsr(MSR_SYSENTER_EIP, (uint64_t)(uintptr_t)trap_sysenter);
}

static void load_tables(void)
{
	struct table_ptr gdtr = { 15 * 4096 - 1, HV_GDT };
	struct table_ptr idtr = { sizeof(idt) - 1, (uint64_t)(uintptr_t)idt };

	__asm__ volatile("lgdt %0; lidt %1" : : "m"(gdtr), "m"(idtr));
	__asm__ volatile("pushq %0; leaq 1f(%%rip), %%rax; pushq %%rax; lretq;"
			 "1: mov %w1, %%ss; mov %w2, %%ds; mov %w2, %%es;"
			 "mov %w2, %%fs; mov %w2, %%gs; lldt %w2; ltr %w3"
			 : : "i"(SEL_CS0), "r"(SEL_DS0), "r"(0), "r"(SEL_TSS)
			 : "rax", "memory");
}

void tables_init(void)
{
	uint64_t *g = (uint64_t *)tables_gdt;

	g[GDT_SLOT(SEL_CS0)] = 0x00af9b000000ffff;
	g[GDT_SLOT(SEL_DS0)] = 0x00cf93000000ffff;
	g[GDT_SLOT(0xe020)] = 0x00cffb000000ffff;
	g[GDT_SLOT(0xe028)] = 0x00cff3000000ffff;
	g[GDT_SLOT(0xe030)] = 0x00affb000000ffff;
	tss.iobase = sizeof(tss);	/* no ports for ring 3 */
	set_system(SEL_TSS, (uint64_t)(uintptr_t)&tss, sizeof(tss) - 1, 0x9);
	idt_init();
	memory_map((uint64_t)(uintptr_t)boot_guard, 0);
	memory_map(HV_GDT + 14 * PAGE_SIZE,
		   va_ma(tables_gdt) | PTE_P | PTE_RW | PTE_A | PTE_D | PTE_NX);
	load_tables();
	wrmsr(MSR_STAR, (uint64_t)SEL_USER32 << 48 | (uint64_t)SEL_CS0 << 32);
	wrmsr(MSR_LSTAR, (uint64_t)(uintptr_t)trap_syscall);
	wrmsr(MSR_CSTAR, (uint64_t)(uintptr_t)trap_syscall32);
	wrmsr(MSR_FMASK, FLAG_IF | FLAG_TF | FLAG_DF | FLAG_IOPL | FLAG_NT |
	      FLAG_RF | FLAG_AC | FLAG_VM | FLAG_VIF | FLAG_VIP);
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
