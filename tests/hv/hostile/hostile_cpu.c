/*
 * Part of hostile.elf: instructions, and the ways to die.
 */
#include <string.h>

#include "tests/hv/guest.h"
#include "tests/hv/hostile/hostile.h"

static void read_at(void *p)
{
	*(volatile uint64_t *)p;
}

static void write_at(void *p)
{
	*(volatile uint64_t *)p = 1;
}

static void call_at(void *p)
{
	((void (*)(void))p)();
}

static void hole(void)
{
	static const uint64_t at[] = {
		0xffff808000000000, 0xffff808000100000, 0xffff810000100000,
		0xffff818000000000, 0xffff81800000e000, 0xffff818000010000,
		0xffff818040000000, 0xffff87fffffff000,
	};
	unsigned i;

	for (i = 0; i < sizeof(at) / sizeof(*at); i++)
		ok(faults(read_at, (void *)at[i]) && fault_vector == 14 &&
		   faults(write_at, (void *)at[i]) && fault_vector == 14 &&
		   faults(call_at, (void *)at[i]),
		   "no access at %lx", at[i]);
	ok(!faults(read_at, (void *)HOLE) && faults(write_at, (void *)HOLE) &&
	   faults(call_at, (void *)HOLE), "the M2P is to be read only");
}

#define INSN(name, text)						\
static void name(void *arg)						\
{									\
	__asm__ volatile(text : : "a"(arg), "c"(arg), "d"(0) : "memory"); \
}

INSN(lgdt, "lgdt (%%rsp)")
INSN(lidt, "lidt (%%rsp)")
INSN(ltr, "ltr %%ax")
INSN(lldt, "lldt %%ax")
INSN(invlpg, "invlpg (%%rsp)")
INSN(cr0, "mov %%cr0, %%rax; btr $16, %%rax; mov %%rax, %%cr0")
INSN(cr8, "mov %%rax, %%cr8")
INSN(cr3, "mov %%rax, %%cr3")
INSN(efer, "mov $0xc0000080, %%ecx; rdmsr; btr $11, %%eax; wrmsr")
INSN(base, "mov $0xc0000101, %%ecx; mov $0x8000, %%edx; wrmsr")
INSN(lstar, "mov $0xc0000082, %%ecx; wrmsr")
INSN(port, "in $0x60, %%al")
INSN(halt_off, "lidt (%%rsp)")
INSN(swap, "swapgs")
INSN(sysret, "sysretq")
INSN(xsetbv, "xor %%ecx, %%ecx; xsetbv")
INSN(int80, "int $0x80")
INSN(int14, "int $14")
INSN(int200, "int $200")
INSN(int32, "int $32")
INSN(ud2, "ud2")
INSN(cli, "cli")

static void instructions(void)
{
	static const struct {
		void (*fn)(void *);
		const char *what;
	} gp[] = {
		{ lgdt, "lgdt" }, { lidt, "lidt" }, { ltr, "ltr" },
		{ lldt, "lldt" }, { invlpg, "invlpg" },
		{ cr0, "clearing CR0.WP" }, { cr8, "CR8" },
		{ cr3, "a CR3 of 0" }, { efer, "clearing EFER.NXE" },
		{ base, "a non-canonical GS base" }, { port, "in" },
		{ halt_off, "lidt" }, { swap, "swapgs" },
		{ sysret, "sysret" },
	};
	unsigned i;

	for (i = 0; i < sizeof(gp) / sizeof(*gp); i++)
		ok(faults(gp[i].fn, NULL) && fault_vector == 13,
		   "#GP for %s", gp[i].what);
	ok(faults(lstar, NULL) && fault_vector == 13 &&
	   hypercall(__HYPERVISOR_xen_version, 0, 0, 0, 0) > 0,
	   "LSTAR stays the hypervisor's");
	ok(faults(xsetbv, NULL), "no xsetbv");
	ok(faults(int80, NULL) && fault_vector == 13 && fault_error == 0x402,
	   "int 0x80 without a handler");
	ok(faults(int14, NULL) && fault_vector == 13 &&
	   fault_error == 14 * 8 + 2, "int 14 is no page fault");
	ok(faults(int200, NULL) && fault_vector == 13, "int 200");
	ok(faults(int32, NULL) && fault_vector == 32, "int 32 has a handler");
	ok(faults(ud2, NULL) && fault_vector == 6, "ud2");
	ok(faults(cli, NULL) && fault_vector == 13, "cli at IOPL 0");
}

static void flags(void)
{
	uint64_t f;

	__asm__ volatile("pushfq; orq $0x3000, (%%rsp); andq $~0x200, (%%rsp);"
			 "popfq; pushfq; popq %0" : "=r"(f) : : "memory", "cc");
	ok(f & 0x200 && !(f & 0x3000), "IF and IOPL are not the guest's");
}

static void debug_registers(void)
{
	ok(hypercall(__HYPERVISOR_set_debugreg, 0, 0xffff810000100000, 0, 0) < 0
	   && hypercall(__HYPERVISOR_set_debugreg, 3, HOLE, 0, 0) < 0,
	   "no breakpoint in the hypervisor");
	ok(!hypercall(__HYPERVISOR_set_debugreg, 7, 0x2400, 0, 0) &&
	   hypercall(__HYPERVISOR_get_debugreg, 7, 0, 0, 0) == 0x400,
	   "no general detect");
	ok(hypercall(__HYPERVISOR_set_debugreg, 7, 0x20000, 0, 0) < 0,
	   "no I/O breakpoint");
	ok(hypercall(__HYPERVISOR_set_debugreg, 8, 0, 0, 0) < 0 &&
	   hypercall(__HYPERVISOR_get_debugreg, ~0UL, 0, 0, 0) < 0,
	   "no ninth register");
}

/*
 * iret as the first of a batch: it leaves, so the second must not run
 * (XSA-213).  The frame is an iret_context on our stack.
 */
static void iret_in_multicall(void)
{
	struct multicall_entry e[2];

	memset(e, 0, sizeof(e));
	e[0].op = __HYPERVISOR_iret;
	e[1].op = __HYPERVISOR_xen_version;
	e[1].result = 0x5a5a;
	__asm__ volatile(
		"mov %%rsp, %%rbx; pushq $0xe02b; push %%rbx; pushfq;"
		"pushq $0xe030; lea 1f(%%rip), %%rax; push %%rax; pushq $0;"
		"push %%rcx; push %%r11; push %%rax;"
		"mov %0, %%eax; syscall; ud2; 1:"
		: : "i"(__HYPERVISOR_multicall), "D"(e), "S"(2)
		: "rax", "rbx", "rcx", "r11", "memory");
	ok(e[1].result == 0x5a5a, "iret ends a multicall");
}

static void wild_jump(void *p)
{
	__asm__ volatile("jmp *%0" : : "r"(0x0000800000000000UL));
}

void hostile_cpu(void)
{
	hole();
	instructions();
	flags();
	debug_registers();
	iret_in_multicall();
	ok(faults(wild_jump, NULL) && fault_vector == 13,
	   "a jump to a non-canonical address");
}

/* ---- deaths ---- */

static void iret(uint64_t rip, uint64_t cs, uint64_t ss, uint64_t sp)
{
	struct {
		uint64_t rax, r11, rcx, flags, rip, cs, rflags, rsp, ss;
	} f = { 0, 0, 0, 0, rip, cs, 0x202, sp, ss };

	__asm__ volatile("mov %0, %%rsp; mov %1, %%eax; syscall; ud2"
			 : : "r"(&f), "i"(__HYPERVISOR_iret) : "memory");
}

static void bad_stack(void)
{
	__asm__ volatile("mov $0x1000, %esp; ud2");
}

static void hole_stack(void)
{
	__asm__ volatile("mov %0, %%rsp; ud2" : : "r"(0xffff810000200000UL));
}

static void no_handler(void)
{
	hypercall(__HYPERVISOR_set_trap_table, 0, 0, 0, 0);
	__asm__ volatile("ud2");
}

static void user_without_root(void)
{
	iret(0x1000, 0xe033, 0xe02b, 0x2000);
}

static void iret_nowhere(void)
{
	iret(0x0000800000000000, 0xe030, 0xe02b, UL(spare));
}

static void iret_ring0(void)
{
	iret(UL(iret_ring0), 0xe008, 0xe010, UL(spare));
}

static void iret_no_frame(void)
{
	__asm__ volatile("xor %%esp, %%esp; mov %0, %%eax; syscall"
			 : : "i"(__HYPERVISOR_iret) : "memory");
}

static void no_map(void)
{
	mmu_update(va_ma((uint64_t *)si->pt_base + 511), 0);
}

static void own_crash(void)
{
	shut_down(SHUTDOWN_crash);
}

/* The test build's own fault: what becomes of one. */
static void too_deep(void)
{
	hypercall(__HYPERVISOR_arch_7, 5, 0, 0, 0);
}

void hostile_die(const char *name)
{
	static const struct {
		const char *name;
		void (*fn)(void);
	} way[] = {
		{ "bad-stack", bad_stack }, { "hole-stack", hole_stack },
		{ "no-handler", no_handler },
		{ "user-without-root", user_without_root },
		{ "iret-nowhere", iret_nowhere }, { "iret-ring0", iret_ring0 },
		{ "iret-no-frame", iret_no_frame }, { "no-map", no_map },
		{ "own-crash", own_crash }, { "too-deep", too_deep },
	};
	unsigned i;

	for (i = 0; i < sizeof(way) / sizeof(*way); i++)
		if (!strcmp(name, way[i].name))
			way[i].fn();
	say("still alive\n");
}
