#include "tests/core/call.h"

#include <string.h>

#include "loader/abi/x86.h"
#include "pvboot/hv/pv/cpu/hypercall/hypercall.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/test/audit.h"
#include "tests/core/play_domain.h"

unsigned call_parts;

int64_t call_part(unsigned nr, uint64_t a, uint64_t b, uint64_t c)
{
	struct regs *r = &play_vcpu->regs;

	r->rax = nr;
	r->rdi = a;
	r->rsi = b;
	r->rdx = c;
	r->r10 = DOMID_SELF;
	r->rip = 2;
	budget_start();
	hypercall(play_vcpu);
	if (audit_domain(play_domain))
		fakecpu_fail("the audit does not agree");
	fakecpu_check(play_domain);
	return r->rip == 2 ? (int64_t)r->rax : -XEN_ERESTART;
}

int64_t call(unsigned nr, uint64_t a, uint64_t b, uint64_t c)
{
	const struct regs *r = &play_vcpu->regs;
	int64_t result = call_part(nr, a, b, c);

	for (call_parts = 1; result == -XEN_ERESTART; call_parts++)
		result = call_part(nr, r->rdi, r->rsi, c);
	return result;
}

void call_ask(struct mmuext_op *op, unsigned cmd, uint64_t mfn)
{
	memset(op, 0, sizeof(*op));
	op->cmd = cmd;
	op->arg1.mfn = mfn;
	if (!play_put(PLAY_ARG, op, sizeof(*op)))
		fakecpu_fail("the arguments are not mapped");
}

int64_t call_ext(unsigned cmd, unsigned page)
{
	struct mmuext_op op;

	call_ask(&op, cmd, play_mfn(page));
	return call(__HYPERVISOR_mmuext_op, PLAY_ARG, 1, 0);
}

int64_t call_map(unsigned page, uint64_t flags)
{
	return call(__HYPERVISOR_update_va_mapping, play_va(page), flags ?
		    play_mfn(page) << 12 | flags : 0, UVMF_NONE);
}

int64_t call_grant(unsigned cmd, void *op, size_t size)
{
	uint8_t *p = op, *at;
	int64_t err;
	size_t i;

	if (!play_put(PLAY_ARG, op, size))
		fakecpu_fail("the arguments are not mapped");
	err = call(__HYPERVISOR_grant_table_op, cmd, PLAY_ARG, 1);
	for (i = 0; i < size; i++) {
		at = fakecpu_walk(play_vcpu, PLAY_ARG + i, false);
		if (at)
			p[i] = *at;
	}
	return err;
}
