/* The virtqueue against a device that is played here, well and badly. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include <linux/virtio_ring.h>

#include "pvboot/hv/drivers/virtio_queue.h"
#include "pvboot/hv/machine/memory.h"

static struct virtio device;
static struct virtio_queue v;
static uint32_t wrote;
static void *room[8];
static unsigned n_room, kicks, kills;
static uint16_t seen;		/* the device's index into avail */

/* What virtio_queue.c needs of the hypervisor. */
void *memory_alloc(unsigned n)
{
	room[n_room] = aligned_alloc(PAGE_SIZE, n * PAGE_SIZE);
	return memset(room[n_room++], 0, n * PAGE_SIZE);
}

void *memory_take(uint64_t size)
{
	return memory_alloc((unsigned)((size + PAGE_SIZE - 1) / PAGE_SIZE));
}

void virtio_doorbell(struct virtio_queue *q)
{
	kicks++;
}

void virtio_kill(struct virtio *q, const char *why)
{
	q->dead = true;
	kills++;
}

static int setup(void **state)
{
	memset(&device, 0, sizeof(device));
	memset(&v, 0, sizeof(v));
	n_room = kicks = kills = 0;
	seen = 0;
	return !virtio_queue_init(&v, &device, 8, 256);
}

static int teardown(void **state)
{
	while (n_room)
		free(room[--n_room]);
	return 0;
}

/* A legacy device, whose rings are longer than what we want to use. */
static int setup_long(void **state)
{
	setup(NULL);
	teardown(NULL);
	memset(&v, 0, sizeof(v));
	return !virtio_queue_init(&v, &device, VIRTIO_QUEUE_MAX, 8);
}

static const struct virtio_desc data[9] = {
	{ 0x1000, 16, false }, { 0x2000, 512, true }, { 0x3000, 1, true },
};

/* The device takes the next chain; its head, and how long it is. */
static uint16_t device_take(unsigned *len)
{
	uint16_t head = v.avail->ring[seen++ % v.size], at = head;

	*len = 1;
	while (v.desc[at].flags & VRING_DESC_F_NEXT) {
		at = v.desc[at].next;
		assert_true(at < v.size);
		assert_true(++*len <= v.size);
	}
	return head;
}

static void device_return(uint32_t id)
{
	v.used->ring[v.used->idx % v.size].id = id;
	v.used->idx++;
}

static void test_init(void **state)
{
	struct virtio_queue other = { .size = 0 };

	assert_false(virtio_queue_init(&other, &device, 0, 8));
	assert_false(virtio_queue_init(&other, &device, 6, 8));
	assert_false(virtio_queue_init(&other, &device, 65536, 8));
	assert_int_equal(virtio_queue_next(&v, &wrote), -1);
}

static void test_chain(void **state)
{
	unsigned len;
	int head = virtio_queue_add(&v, data, 3);

	assert_true(head >= 0);
	virtio_queue_kick(&v);
	assert_int_equal(kicks, 1);
	v.used->flags = VRING_USED_F_NO_NOTIFY;
	virtio_queue_kick(&v);
	assert_int_equal(kicks, 1);
	assert_int_equal(v.avail->idx, 1);
	assert_int_equal(device_take(&len), head);
	assert_int_equal(len, 3);
	assert_int_equal(v.desc[head].addr, 0x1000);
	assert_int_equal(v.desc[head].flags, VRING_DESC_F_NEXT);
	assert_int_equal(v.desc[v.desc[head].next].len, 512);
	assert_int_equal(v.desc[v.desc[head].next].flags,
			 VRING_DESC_F_NEXT | VRING_DESC_F_WRITE);
	assert_int_equal(virtio_queue_next(&v, &wrote), -1);
	device_return((uint32_t)head);
	assert_int_equal(virtio_queue_next(&v, &wrote), head);
	assert_int_equal(virtio_queue_next(&v, &wrote), -1);
	assert_int_equal(v.n_free, 8);
}

static void test_full(void **state)
{
	assert_int_equal(virtio_queue_add(&v, data, 9), -1);
	assert_int_equal(virtio_queue_add(&v, data, 0), -1);
	assert_true(virtio_queue_add(&v, data, 3) >= 0);
	assert_true(virtio_queue_add(&v, data, 3) >= 0);
	assert_int_equal(virtio_queue_add(&v, data, 3), -1);
	assert_true(virtio_queue_add(&v, data, 2) >= 0);
	assert_int_equal(virtio_queue_add(&v, data, 1), -1);
}

/* Round and round, answered out of order; indices wrap at 65,536. */
static void test_turns(void **state)
{
	unsigned len;

	for (unsigned i = 0; i < 50000; i++) {
		unsigned n = i % 3 + 1, m = 4 - n;
		int a = virtio_queue_add(&v, data, n),
		    b = virtio_queue_add(&v, data, m);

		assert_true(a >= 0 && b >= 0 && a != b);
		assert_int_equal(device_take(&len), a);
		assert_int_equal(len, n);
		assert_int_equal(device_take(&len), b);
		assert_int_equal(len, m);
		device_return((uint32_t)b);
		device_return((uint32_t)a);
		assert_int_equal(virtio_queue_next(&v, &wrote), b);
		assert_int_equal(virtio_queue_next(&v, &wrote), a);
		assert_int_equal(v.n_free, 8);
	}
	assert_int_equal(kills, 0);
}

/* ID is returned though it was not given: the device is put down. */
static void bad_return(uint32_t id, unsigned times)
{
	setup(NULL);
	assert_true(virtio_queue_add(&v, data, 3) >= 0);
	for (unsigned i = 0; i < times; i++)
		device_return(id);
	for (unsigned i = 0; i < times; i++)
		virtio_queue_next(&v, &wrote);
	assert_int_equal(kills, 1);
	assert_int_equal(virtio_queue_next(&v, &wrote), -1);
	assert_int_equal(virtio_queue_add(&v, data, 1), -1);
	teardown(NULL);
}

static void test_bad_device(void **state)
{
	teardown(NULL);
	bad_return(1, 1);		/* inside a chain */
	bad_return(7, 1);		/* a free one */
	bad_return(8, 1);
	bad_return(UINT32_MAX, 1);
	bad_return(0, 2);		/* twice */
	setup(NULL);
	assert_true(virtio_queue_add(&v, data, 1) >= 0);
	v.used->idx = 0x8000;
	assert_int_equal(virtio_queue_next(&v, &wrote), -1);
	assert_int_equal(kills, 1);
}

/* It rewrites the descriptors: our own list does not care. */
static void test_scribble(void **state)
{
	int head = virtio_queue_add(&v, data, 3);

	for (unsigned i = 0; i < 8; i++) {
		v.desc[i].next = 0xffff;
		v.desc[i].flags = 0xffff;
	}
	device_return((uint32_t)head);
	assert_int_equal(virtio_queue_next(&v, &wrote), head);
	assert_int_equal(v.n_free, 8);
	assert_true(virtio_queue_add(&v, data, 8) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_init, setup, teardown),
		cmocka_unit_test_setup_teardown(test_chain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_turns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_device, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_scribble, setup, teardown),
		cmocka_unit_test_setup_teardown(test_chain, setup_long,
						teardown),
		cmocka_unit_test_setup_teardown(test_full, setup_long,
						teardown),
		cmocka_unit_test_setup_teardown(test_turns, setup_long,
						teardown),
		cmocka_unit_test_setup_teardown(test_scribble, setup_long,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
