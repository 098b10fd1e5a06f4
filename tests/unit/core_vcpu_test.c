/*
 * Starting vCPUs by contexts, stopping them, waiting: what is taken and what is
 * refused.  Contexts of all kinds are core_fuzz's business.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/memory/budget.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "tests/core/call.h"
#include "tests/core/fakemachine.h"
#include "tests/core/play_domain.h"

#include <xen/event_channel.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#define OTHER	PLAY_STARTED	/* not started yet */
#define MS	1000000ULL

static struct domain *d;
static struct vcpu *v, *other;
static struct vcpu_guest_context c;

static int start(void **state)
{
	d = play_domain = play_start();
	v = play_vcpu = &d->vcpu[0];
	other = &d->vcpu[OTHER];
	memset(&c, 0, sizeof(c));
	c.flags = VGCF_in_kernel;
	c.user_regs.rip = play_va(PLAY_CODE);
	c.ctrlreg[3] = play_mfn(0) << 12;
	return 0;
}

static int64_t op(unsigned cmd)
{
	return call(__HYPERVISOR_vcpu_op, cmd, OTHER, PLAY_ARG);
}

static int64_t initialise(void)
{
	assert_true(play_put(PLAY_ARG, &c, sizeof(c)));
	return op(VCPUOP_initialise);
}

static void test_start(void **state)
{
	assert_int_equal(op(VCPUOP_up), -XEN_EINVAL);
	assert_int_equal(initialise(), 0);
	assert_int_equal(initialise(), -XEN_EEXIST);
	assert_int_equal(op(VCPUOP_is_up), 0);
	assert_int_equal(op(VCPUOP_up), 0);
	assert_int_equal(op(VCPUOP_is_up), 1);
	assert_int_equal(op(VCPUOP_down), 0);
	assert_int_equal(other->state, VCPU_OFFLINE);
}

static void test_online(void **state)
{
	c.flags |= VGCF_online;
	assert_int_equal(initialise(), 0);
	assert_int_equal(op(VCPUOP_is_up), 1);
}

/* User mode needs a root of its own, whatever the bits below say. */
static void test_user(void **state)
{
	c.flags = 0;
	assert_int_equal(initialise(), -XEN_EINVAL);
	c.ctrlreg[1] = 1;
	assert_int_equal(initialise(), -XEN_EINVAL);
	assert_false(other->initialised);
	c.ctrlreg[1] = play_mfn(0) << 12;
	assert_int_equal(initialise(), 0);
}

/* Nothing is held after any of these. */
static void test_refused(void **state)
{
	uint32_t count = frames[play_mfn(0)].count;

	c.gdt_ents = 512;
	c.gdt_frames[0] = play_mfn(PLAY_FIRST);
	assert_int_equal(call_map(PLAY_FIRST, CALL_RO), 0);
	c.ctrlreg[3] = play_mfn(PLAY_FIRST + 1) << 12;
	assert_int_equal(initialise(), -XEN_EINVAL);
	c.ctrlreg[3] = play_mfn(0) << 12;
	c.ctrlreg[1] = play_mfn(PLAY_FIRST + 1) << 12;
	assert_int_equal(initialise(), -XEN_EINVAL);
	c.ctrlreg[1] = 0;
	c.event_callback_eip = 1ULL << 47;
	assert_int_equal(initialise(), -XEN_EINVAL);
	c.event_callback_eip = 0;
	c.debugreg[0] = HV_HOLE_START;
	assert_int_equal(initialise(), -XEN_EINVAL);
	c.debugreg[0] = 0;
	c.flags |= 1ULL << 40;
	assert_int_equal(initialise(), -XEN_EINVAL);
	assert_int_equal(frames[play_mfn(0)].count, count);
	assert_int_equal(frames[play_mfn(PLAY_FIRST)].tcount, 0);
}

/* For N ports, the first of which is PORT, and the others none that is used. */
static void poll_many(unsigned n, unsigned port, uint64_t timeout)
{
	uint32_t ports[128] = { port };
	struct sched_poll p = { .nr_ports = n, .timeout = timeout };

	p.ports.p = (evtchn_port_t *)(uintptr_t)(PLAY_ARG + 64);
	assert_true(play_put(PLAY_ARG, &p, sizeof(p)));
	assert_true(play_put(PLAY_ARG + 64, ports, sizeof(ports)));
	assert_int_equal(call(__HYPERVISOR_sched_op, SCHEDOP_poll, PLAY_ARG,
			      0), 0);
}

static void poll(unsigned port, uint64_t timeout)
{
	poll_many(1, port, timeout);
}

static void test_poll(void **state)
{
	unsigned port = evtchn_new_backend(d, NULL);

	v->info->evtchn_upcall_mask = 1;
	poll(port, 2000 * MS);
	assert_int_equal(v->state, VCPU_BLOCKED);
	fakemachine_pass(10000 * MS);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	poll(port, 0);
	assert_int_equal(v->state, VCPU_BLOCKED);
	evtchn_raise(d, port);
	assert_int_equal(v->state, VCPU_RUNNABLE);
	poll(port, 0);		/* it is pending */
	assert_int_equal(v->state, VCPU_RUNNABLE);
}

/* Who sends pays for a look at what everybody polls. */
static void test_poll_costs(void **state)
{
	unsigned port = evtchn_new_backend(d, NULL), alone;

	budget_start();
	evtchn_raise(d, port);
	alone = (unsigned)(budget_size - budget_left);
	for (unsigned i = 1; i < PLAY_STARTED; i++) {
		play_vcpu = &d->vcpu[i];
		play_vcpu->info->evtchn_upcall_mask = 1;
		poll_many(128, EVTCHN_PORTS - 1, 0);
		assert_int_equal(play_vcpu->state, VCPU_BLOCKED);
	}
	d->shared->evtchn_pending[0] = 0;
	budget_start();
	evtchn_raise(d, port);
	assert_true((unsigned)(budget_size - budget_left) >= alone +
		    (PLAY_STARTED - 1) * 128 / 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_start, start),
		cmocka_unit_test_setup(test_online, start),
		cmocka_unit_test_setup(test_user, start),
		cmocka_unit_test_setup(test_refused, start),
		cmocka_unit_test_setup(test_poll, start),
		cmocka_unit_test_setup(test_poll_costs, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
