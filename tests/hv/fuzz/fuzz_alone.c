/*
 * Part of fuzz.elf: what the hypervisor does without its lock, at full speed
 * (returns to user mode, system calls, page faults), while the page of the
 * stack that it writes to is made a page table by another vCPU.  Another page
 * is put in its place before, so that there is a stack always.
 */
#include "tests/hv/fuzz/fuzz.h"

#define TRIPS	500
#define CHANGES	20
#define LOOKS	100

/* In the pool: all see it. */
static struct stack {
	uint8_t *at;		/* where it is mapped writable */
	uint8_t *page[2];	/* where each of its pages can be read */
	unsigned now;		/* which of them it is */
	bool taken;		/* by one who changes that */
} *stacks;

static void map(struct stack *s, unsigned which)
{
	set_va(s->at, va_ma(s->page[which]) | P | RW | US | A | D);
	s->now = which;
}

void fuzz_make_stacks(void)
{
	stacks = pages(1);
	for (unsigned n = 0; n < fuzz_cpus; n++) {
		struct stack *s = &stacks[n];

		s->at = pages(1);
		for (unsigned i = 0; i < 2; i++) {
			s->page[i] = pages(1);
			protect(s->page[i], false);
		}
		map(s, 0);
	}
}

/*
 * To user mode by the frame F, back by a system call, and a page fault with the
 * stack at TOP.  No handler reads what is on its stack.
 */
static __attribute__((noinline, noclone)) void
trip(const struct iret_context *f, const uint8_t *top)
{
	__asm__ volatile("mov %%rsp, %%rbx\n\t"
			 "mov %0, %%rsp\n\t"
			 "mov %2, %%eax\n\t"
			 "syscall\n"
			 "fuzz_user: syscall\n"
			 "fuzz_called: mov %1, %%rsp\n\t"
			 "testb %%al, 8\n"
			 "fuzz_fault: mov %%rbx, %%rsp"
			 : : "r"(f), "r"(top), "i"(__HYPERVISOR_iret)
			 : "rax", "rbx", "rcx", "r11", "cc", "memory");
}

extern const char fuzz_user[], fuzz_called[], fuzz_fault[];
void trap_14(void);

static void page_fault_gate(uint64_t to)
{
	const struct trap_info t[] = {
		{ 14, 0, FLAT_KERNEL_CS64, to }, { 0, 0, 0, 0 }
	};

	hypercall(__HYPERVISOR_set_trap_table, UL(t), 0, 0, 0);
}

static void trips(void)
{
	const struct iret_context f = {
		.flags = fuzz_rnd(2) ? VGCF_IN_SYSCALL : 0,
		.rip = UL(fuzz_user), .rflags = 2,
		.cs = FLAT_USER_CS64, .ss = FLAT_USER_SS64,
	};
	const uint8_t *top = stacks[fuzz_me].at + PAGE;

	if (mmuext(MMUEXT_NEW_USER_BASEPTR, va_mfn(fuzz_root), 0))
		return;
	hypercall(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS64, UL(top), 0, 0);
	hypercall(__HYPERVISOR_set_callbacks, 0, 0, UL(fuzz_called), 0);
	page_fault_gate(UL(fuzz_fault));
	for (unsigned i = 0; i < TRIPS; i++)
		trip(&f, top);
	page_fault_gate(UL(trap_14));
}

/* A frame ends with SS, which looks like an entry that no table can have. */
static bool has_frame(const uint8_t *page)
{
	return ((const volatile uint64_t *)page)[PAGE / 8 - 1] & P;
}

/* What is written before that may make it fail, or in part be there still. */
static bool make_table(const uint8_t *page)
{
	for (unsigned i = 0; i < 8; i++)
		if (!mmuext(MMUEXT_CLEAR_PAGE, va_mfn(page), 0) &&
		    !mmuext(MMUEXT_PIN_L1_TABLE, va_mfn(page), 0))
			return true;
	return false;
}

static void change(struct stack *s)
{
	const uint8_t *old = s->page[s->now];

	map(s, !s->now);
	if (!make_table(old))
		return;
	for (unsigned i = 0; i < LOOKS; i++)
		fuzz_bad += has_frame(old);
	mmuext(MMUEXT_UNPIN_TABLE, va_mfn(old), 0);
}

void fuzz_alone(void)
{
	struct stack *s = &stacks[fuzz_rnd(fuzz_cpus)];

	if (fuzz_rnd(2)) {
		trips();
	} else if (!__atomic_test_and_set(&s->taken, __ATOMIC_ACQUIRE)) {
		for (unsigned i = 0; i < CHANGES; i++)
			change(s);
		__atomic_clear(&s->taken, __ATOMIC_RELEASE);
	}
}
