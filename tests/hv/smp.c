/*
 * A guest of several vCPUs of which all but the first write to one window of
 * the address space, as fast as they can, while the first puts frames behind it
 * and makes page tables of them.  A translation that outlives the window would
 * write to a page table: its words are looked at.  Options: rounds=N.  race=1:
 * all end the domain at once, each for another reason.
 */
#include "tests/hv/guest.h"

#include <string.h>

#define HV_TEST	__HYPERVISOR_arch_7
#define CPUS	16

/*
 * rdi: where to write, rsi: what (never "present"), rdx: how often, r12: stack.
 * A page fault begins anew; a hypercall now and then.
 */
void hammer(void);
void hammer_fault(void);
__asm__(".text\n"
	"hammer:	mov %r12, %rsp\n"
	"1:	mov %rsi, (%rdi)\n"
	"	add $0x1000, %rsi\n"
	"	incq (%rdx)\n"
	"	testb $0x3f, (%rdx)\n"
	"	jnz 1b\n"
	"	mov %rdi, %r13\n"
	"	mov %rsi, %r14\n"
	"	mov %rdx, %r15\n"
	"	xor %edi, %edi\n"
	"	mov $17, %eax\n"	/* xen_version */
	"	syscall\n"
	"	mov %r13, %rdi\n"
	"	mov %r14, %rsi\n"
	"	mov %r15, %rdx\n"
	"	jmp 1b\n"
	"hammer_fault:	pause\n"
	"	jmp hammer\n");

/* rdi: what becomes non-zero, rsi: for sched_op(SCHEDOP_shutdown, rsi). */
void racer(void);
__asm__("racer:	pause\n"
	"	cmpq $0, (%rdi)\n"
	"	je racer\n"
	"	mov $2, %edi\n"
	"	mov $29, %eax\n"
	"	syscall\n"
	"	ud2\n");

static uint8_t *window;
static volatile uint64_t turns[CPUS];
static unsigned cpus;

static long start_cpu(unsigned n, void (*start)(void), const void *rdi,
		      uint64_t rsi)
{
	static struct vcpu_guest_context c;
	uint8_t *stack = pages(1);
	long err;

	memset(&c, 0, sizeof(c));
	c.flags = VGCF_in_kernel;
	c.user_regs.rip = UL(start);
	c.user_regs.cs = 0xe033;
	c.user_regs.ss = 0xe02b;
	c.user_regs.rsp = c.user_regs.r12 = UL(stack) + PAGE;
	c.user_regs.rdi = UL(rdi);
	c.user_regs.rsi = rsi;
	c.user_regs.rdx = UL(&turns[n]);
	c.kernel_sp = UL(stack) + PAGE;
	c.trap_ctxt[14].address = UL(hammer_fault);
	c.event_callback_eip = c.failsafe_callback_eip = UL(hammer_fault);
	c.ctrlreg[3] = va_mfn((void *)si->pt_base) * PAGE;
	err = hypercall(__HYPERVISOR_vcpu_op, VCPUOP_initialise, n, UL(&c), 0);
	if (!err && hypercall(__HYPERVISOR_vcpu_op, VCPUOP_initialise, n,
			      UL(&c), 0) != -17)
		err = -1;
	return err ? err : hypercall(__HYPERVISOR_vcpu_op, VCPUOP_up, n, 0, 0);
}

/* What is wrong in one place only must be refused. */
static void refusals(void)
{
	static const struct {
		const char *what;
		size_t at;
		uint64_t val;
	} bad[] = {
#define BAD(field, val) \
	{ #field, offsetof(struct vcpu_guest_context, field), val }
		BAD(flags, 1UL << 40), BAD(flags, 0),
		BAD(user_regs.rip, 1UL << 47),
		BAD(trap_ctxt[255].address, 1UL << 50),
		BAD(ldt_ents, 8193), BAD(ldt_base, 8),
		BAD(gdt_ents, 7169), BAD(gdt_ents, 1), BAD(ctrlreg[3], 0),
		BAD(ctrlreg[1], 1UL << 63), BAD(debugreg[0], HOLE),
		BAD(debugreg[7], 1UL << 32), BAD(fs_base, 1UL << 60),
		BAD(gs_base_kernel, 1UL << 60), BAD(gs_base_user, 1UL << 60),
		BAD(event_callback_eip, 1UL << 60),
		BAD(syscall_callback_eip, 1UL << 60),
		BAD(failsafe_callback_eip, 1UL << 60),
	};
	static struct vcpu_guest_context c;
	long r;

	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		memset(&c, 0, sizeof(c));
		c.flags = VGCF_in_kernel;
		c.ctrlreg[3] = va_mfn((void *)si->pt_base) * PAGE;
		c.ldt_ents = bad[i].val == 8;
		memcpy((char *)&c + bad[i].at, &bad[i].val, 8);
		r = hypercall(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 1,
			      UL(&c), 0);
		ok(r == -22, "%s = %lx is refused: %ld", bad[i].what,
		   bad[i].val, r);
	}
	r = hypercall(__HYPERVISOR_vcpu_op, VCPUOP_up, 1, 0, 0);
	ok(r == -22, "one that is not initialised does not start: %ld", r);
	r = hypercall(__HYPERVISOR_vcpu_op, VCPUOP_is_up, cpus, 0, 0);
	ok(r == -2, "there is none beyond the last: %ld", r);
	r = hypercall(HV_TEST, 0, 0, 0, 0);
	ok(!r, "and no count is wrong: %ld", r);
}

/* Until all have written N times more; false: one does not. */
static bool all_turned(uint64_t n)
{
	uint64_t was[CPUS], end = guest_now() + 60000000000UL;

	for (unsigned i = 1; i < cpus; i++)
		was[i] = turns[i];
	for (unsigned i = 1; i < cpus; i++)
		while (turns[i] - was[i] < n) {
			if (guest_now() > end)
				return false;
			__asm__ volatile("pause");
		}
	return true;
}

static bool one_round(uint8_t *page)
{
	volatile uint64_t *words = (uint64_t *)page;
	uint64_t was[CPUS], end;
	bool good;

	memset(page, 0, PAGE);
	if (set_va(page, va_mfn(page) * PAGE | P | US | A) ||
	    hypercall(__HYPERVISOR_update_va_mapping, UL(window),
		      va_mfn(page) * PAGE | P | RW | US | A | D,
		      UVMF_INVLPG | UVMF_ALL, 0) || !all_turned(3))
		return false;
	for (unsigned i = 1; i < cpus; i++)
		if (!words[i])
			return false;
	if (mmu_update(pte_ma(window), 0) ||
	    mmuext(MMUEXT_PIN_L1_TABLE, va_mfn(page), 0))
		return false;
	for (unsigned i = 1; i < cpus; i++)
		was[i] = words[i];
	end = guest_now() + 3000000;
	while (guest_now() < end)
		__asm__ volatile("pause");
	good = true;
	for (unsigned i = 1; i < cpus; i++)
		good &= was[i] == words[i];
	return !mmuext(MMUEXT_UNPIN_TABLE, va_mfn(page), 0) &&
		!set_va(page, va_mfn(page) * PAGE | P | RW | US | A | D) &&
		good;
}

/* The first reason wins, and nothing else is heard of the others. */
static void race(void)
{
	static const unsigned reason[] = {
		SHUTDOWN_poweroff, SHUTDOWN_reboot, SHUTDOWN_crash,
	};
	static struct sched_shutdown s[CPUS];
	volatile uint64_t *go = pages(1);

	for (unsigned i = 1; i < cpus; i++) {
		s[i].reason = reason[i % 3];
		ok(!start_cpu(i, racer, (const void *)go, UL(&s[i])),
		   "vCPU %u waits", i);
	}
	rest();
	for (*go = 1; ; )
		__asm__ volatile("pause");
}

void guest_main(void)
{
	uint8_t *page = pages(8);
	unsigned long rounds = 0, i, bad = 0;
	long r;

	for (const char *p = option("rounds"); p && *p >= '0' && *p <= '9'; p++)
		rounds = rounds * 10 + (unsigned long)(*p - '0');
	window = pages(1);
	while (hypercall(__HYPERVISOR_vcpu_op, VCPUOP_is_up, cpus, 0, 0) >= 0)
		cpus++;
	ok(cpus > 1, "%u vCPUs", cpus);
	if (option("race"))
		race();
	refusals();
	for (i = 1; i < cpus; i++) {
		r = start_cpu((unsigned)i, hammer, window + i * 8, 0x1000);
		ok(!r, "vCPU %lu starts, once: %ld", i, r);
	}
	ok(all_turned(100), "they run");
	for (i = 0; i < rounds && !bad; i++) {
		if (!one_round(page + i % 8 * PAGE) ||
		    (i % 16 == 0 && hypercall(HV_TEST, 0, 0, 0, 0)))
			bad++;
	}
	ok(!bad, "%lu page tables that others wrote to before", i);
	for (i = 1; i < cpus; i++)
		hypercall(__HYPERVISOR_vcpu_op, VCPUOP_down, i, 0, 0);
	r = (long)turns[1];
	rest();
	ok(r == (long)turns[1], "who is down does not run");
	r = hypercall(HV_TEST, 0, 0, 0, 0);
	ok(!r, "no count is wrong: %ld", r);
	done();
}
