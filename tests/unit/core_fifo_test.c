/*
 * The FIFO ABI of event channels: a guest that keeps to it gets every event
 * once, by priority and in order; one that does not harms only itself.
 */
#include "tests/unit/unit.h"

#include "loader/abi/x86.h"
#include "pvboot/hv/pv/core.h"
#include "pvboot/hv/pv/cpu/evtchn.h"
#include "pvboot/hv/pv/memory/frames.h"
#include "tests/core/call.h"
#include "tests/core/play_domain.h"

#include <xen/event_channel.h>

#define PAGE(i)		(PLAY_FIRST + (i))
#define CONTROL(v)	PAGE(v)		/* of vCPU v, at OFFSET */
#define OFFSET		64
#define ARRAY		PAGE(8)
#define PORTS		9
#define BIT(n)		(1U << EVTCHN_FIFO_##n)

static struct domain *d;

static int start(void **state)
{
	d = play_domain = play_start();
	play_vcpu = &d->vcpu[0];
	return 0;
}

static int64_t event_op(unsigned cmd, void *op, size_t size)
{
	int64_t err;
	size_t i;

	assert_true(play_put(PLAY_ARG, op, size));
	err = call(__HYPERVISOR_event_channel_op, cmd, PLAY_ARG, 0);
	for (i = 0; i < size; i++)
		((uint8_t *)op)[i] = *fakecpu_walk(play_vcpu, PLAY_ARG + i,
						   false);
	return err;
}

static int64_t init_control(uint64_t mfn, uint32_t offset, uint32_t vcpu)
{
	struct evtchn_init_control c = {
		.control_gfn = mfn, .offset = offset, .vcpu = vcpu
	};
	int64_t err = event_op(EVTCHNOP_init_control, &c, sizeof(c));

	if (!err)
		assert_int_equal(c.link_bits, EVTCHN_FIFO_LINK_BITS);
	return err;
}

static int64_t expand(unsigned page)
{
	struct evtchn_expand_array e = { play_mfn(page) };

	return event_op(EVTCHNOP_expand_array, &e, sizeof(e));
}

static int64_t set_priority(uint32_t port, uint32_t priority)
{
	struct evtchn_set_priority s = { port, priority };

	return event_op(EVTCHNOP_set_priority, &s, sizeof(s));
}

static int64_t bind_vcpu(uint32_t port, uint32_t vcpu)
{
	struct evtchn_bind_vcpu b = { port, vcpu };

	return event_op(EVTCHNOP_bind_vcpu, &b, sizeof(b));
}

static int64_t port_op(unsigned cmd, uint32_t port)
{
	return event_op(cmd, &port, sizeof(port));
}

/* Ports 1..PORTS, each the guest's half of a pair with itself. */
static void make_ports(void)
{
	unsigned i;

	for (i = 0; i < PORTS; i++)
		assert_int_equal(evtchn_new_backend(d, NULL), i + 1);
}

static void switch_over(void)
{
	unsigned v;

	for (v = 0; v < PLAY_VCPUS; v++)
		assert_int_equal(init_control(play_mfn(CONTROL(v)), OFFSET, v),
				 0);
	assert_int_equal(expand(ARRAY), 0);
}

/* ---- a guest that keeps to the rules ---- */

static uint32_t head[PLAY_VCPUS][EVTCHN_FIFO_MAX_QUEUES];

static event_word_t *word(unsigned port)
{
	return (event_word_t *)core_frame(play_mfn(ARRAY)) + port;
}

static struct evtchn_fifo_control_block *control(unsigned v)
{
	return (void *)((uint8_t *)core_frame(play_mfn(CONTROL(v))) + OFFSET);
}

/* The next event of vCPU V; 0: none. */
static unsigned take(unsigned v)
{
	struct evtchn_fifo_control_block *c = control(v);
	unsigned q, port;

	for (q = 0; q < EVTCHN_FIFO_MAX_QUEUES; q++) {
		if (!(c->ready & 1U << q))
			continue;
		port = head[v][q];
		if (!port)
			port = c->head[q];
		head[v][q] = *word(port) & EVTCHN_FIFO_LINK_MASK;
		*word(port) &= ~(BIT(LINKED) | EVTCHN_FIFO_LINK_MASK);
		if (!head[v][q])
			c->ready &= ~(1U << q);
		if ((*word(port) & (BIT(PENDING) | BIT(MASKED))) ==
		    BIT(PENDING)) {
			*word(port) &= ~BIT(PENDING);
			return port;
		}
		q = ~0U;
	}
	return 0;
}

static void assert_taken(unsigned v, const char *ports)
{
	for (; *ports; ports++)
		assert_int_equal(take(v), *ports - '0');
	assert_int_equal(take(v), 0);
	memset(head[v], 0, sizeof(head[v]));
}

static void raise(const char *ports)
{
	for (; *ports; ports++)
		evtchn_raise(d, (unsigned)(*ports - '0'));
}

static void test_order(void **state)
{
	make_ports();
	switch_over();
	d->vcpu[0].info->evtchn_upcall_pending = 0;
	raise("3");
	assert_int_equal(d->vcpu[0].info->evtchn_upcall_pending, 1);
	raise("1423");
	assert_taken(0, "3142");
	assert_int_equal(set_priority(5, 0), 0);
	assert_int_equal(set_priority(6, 15), 0);
	raise("6157");
	assert_taken(0, "5176");
	raise("1");
	assert_int_equal(take(0), 1);
	/* It was the last; what follows does not hang on it. */
	raise("21");
	assert_taken(0, "21");
}

static void test_mask(void **state)
{
	make_ports();
	switch_over();
	*word(2) |= BIT(MASKED);
	raise("12");
	assert_true(evtchn_pending(d, 2));
	assert_taken(0, "1");
	assert_int_equal(port_op(EVTCHNOP_unmask, 2), 0);
	assert_taken(0, "2");
	assert_int_equal(port_op(EVTCHNOP_unmask, 2), 0);
	assert_taken(0, "");
	raise("3");
	assert_int_equal(port_op(EVTCHNOP_close, 3), 0);
	assert_taken(0, "");
}

/* Ports change their queue while they are the end of one. */
static void test_moved(void **state)
{
	make_ports();
	switch_over();
	raise("12");
	assert_taken(0, "12");
	assert_int_equal(bind_vcpu(2, 1), 0);
	raise("2");
	raise("13");
	assert_taken(0, "13");
	assert_taken(1, "2");
	assert_int_equal(set_priority(3, 9), 0);
	raise("341");
	assert_taken(0, "413");
	/* Moved while it is linked: it is taken where it is. */
	raise("45");
	assert_int_equal(bind_vcpu(4, 2), 0);
	raise("4");
	assert_taken(0, "45");
	assert_taken(2, "");
	raise("4");
	assert_taken(2, "4");
}

/* What came before the ABI, or before the port's word, is not lost. */
static void test_early(void **state)
{
	make_ports();
	d->shared->evtchn_mask[0] = ~0UL;
	raise("1");
	assert_int_equal(init_control(play_mfn(CONTROL(0)), OFFSET, 0), 0);
	raise("2");
	assert_true(evtchn_pending(d, 1) && evtchn_pending(d, 2));
	assert_int_equal(expand(ARRAY), 0);
	assert_taken(0, "12");
	/* A vCPU without a control block gets it when it is unmasked. */
	assert_int_equal(bind_vcpu(3, 1), 0);
	raise("3");
	assert_int_equal(init_control(play_mfn(CONTROL(1)), OFFSET, 1), 0);
	assert_int_equal(port_op(EVTCHNOP_unmask, 3), 0);
	assert_taken(1, "3");
}

/* XSA-188, XSA-107: what is refused leaves nothing behind. */
static void test_refused(void **state)
{
	make_ports();
	assert_int_equal(expand(ARRAY), -XEN_EOPNOTSUPP);
	assert_int_equal(set_priority(1, 3), -XEN_ENOSYS);
	assert_int_equal(init_control(~1ULL, 0, 0), -XEN_EINVAL);
	assert_int_equal(init_control(2, 0, 0), -XEN_EINVAL);
	assert_int_equal(init_control(play_mfn(0), 0, 0), -XEN_EINVAL);
	assert_int_equal(init_control(core_mfn(d->shared), 0, 0), -XEN_EINVAL);
	assert_int_equal(init_control(play_mfn(CONTROL(0)), 4, 0),
			 -XEN_EINVAL);
	assert_int_equal(init_control(play_mfn(CONTROL(0)), 4096 - 64, 0),
			 -XEN_EINVAL);
	assert_int_equal(init_control(play_mfn(CONTROL(0)), ~7U, 0),
			 -XEN_EINVAL);
	assert_int_equal(init_control(play_mfn(CONTROL(0)), 0, PLAY_VCPUS),
			 -XEN_ENOENT);
	assert_int_equal(expand(ARRAY), -XEN_EOPNOTSUPP);
	assert_false(d->fifo.on);
	switch_over();
	assert_int_equal(init_control(play_mfn(CONTROL(0)), OFFSET, 0),
			 -XEN_EINVAL);
	assert_int_equal(set_priority(1, 16), -XEN_EINVAL);
	assert_int_equal(set_priority(100, 1), -XEN_EINVAL);
	assert_int_equal(set_priority(5000, 1), -XEN_EINVAL);
	assert_int_equal(expand(0), -XEN_EINVAL);
	assert_int_equal(expand(PAGE(9)) | expand(PAGE(10)) |
			 expand(PAGE(11)), 0);
	assert_int_equal(expand(PAGE(12)), -XEN_ENOSPC);
	/* All of them are kept: none becomes a page table. */
	assert_int_equal(call_map(ARRAY, CALL_RO), 0);
	assert_true(call_ext(MMUEXT_PIN_L1_TABLE, ARRAY) < 0);
	assert_int_equal(call_map(CONTROL(1), 0), 0);
	assert_true(call_ext(MMUEXT_PIN_L1_TABLE, CONTROL(1)) < 0);
}

/* Words, heads and bits of a guest that keeps to nothing. */
static void test_nonsense(void **state)
{
	uint32_t seed = 1;
	unsigned i, k;

	make_ports();
	switch_over();
	for (i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		k = seed >> 16;
		if (k & 1)
			*word(k >> 1 & 15) = seed * 2654435761U;
		else
			((uint32_t *)control(k >> 1 & 1))[k >> 2 & 15] = seed;
		evtchn_raise(d, k >> 6 & 15);
		if (!(i & 1023)) {
			set_priority(1 + (k & 7), k >> 3 & 15);
			bind_vcpu(1 + (k & 7), k >> 7 & 1);
			port_op(EVTCHNOP_unmask, 1 + (k & 7));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_order, start),
		cmocka_unit_test_setup(test_mask, start),
		cmocka_unit_test_setup(test_moved, start),
		cmocka_unit_test_setup(test_early, start),
		cmocka_unit_test_setup(test_refused, start),
		cmocka_unit_test_setup(test_nonsense, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
