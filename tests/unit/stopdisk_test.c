/*
 * Disk controllers that stop when they are told to, and some that do not: what
 * those may still write to is DISK_LOST.  A thread plays the controller, whose
 * registers are memory; the drivers are the hypervisor's own.
 */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "pvboot/hv/drivers/ahci.h"
#include "pvboot/hv/drivers/nvme.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/memory.h"

enum { WORDS = 8192 };

static volatile uint32_t reg[WORDS];
static bool stubborn, silent, over;
static uint64_t now;
static struct disk *disk;
static unsigned n_done, irqs;
static enum disk_end ended;
static void *room[64];
static unsigned n_room;

/* ---- what the drivers need of the hypervisor ---- */

void *memory_alloc(unsigned n)
{
	assert_true(n_room < sizeof(room) / sizeof(room[0]));
	room[n_room] = aligned_alloc(PAGE_SIZE, n * PAGE_SIZE);
	return memset(room[n_room++], 0, n * PAGE_SIZE);
}

void memory_free(void *p, unsigned n)
{
}

uint64_t va_ma(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

void *memory_mmio(uint64_t ma, uint64_t len)
{
	assert_true(len <= sizeof(reg));
	return (void *)(uintptr_t)reg;
}

struct pci_bar pci_bar(const struct pci_dev *p, unsigned n)
{
	return (struct pci_bar){ 0x1000, sizeof(reg), false };
}

void pci_enable(const struct pci_dev *p)
{
}

enum irq_way irq_register_pci(const struct pci_dev *p,
			      bool (*handler)(void *arg), void *arg)
{
	irqs++;
	return IRQ_LINE;
}

uint64_t time_now(void)
{
	sched_yield();
	return __atomic_load_n(&now, __ATOMIC_ACQUIRE);
}

void work_queue(struct work *w)
{
}

void hv_log(const char *format, ...)
{
}

bool disk_add(struct disk *d)
{
	disk = d;
	return true;
}

/* ---- the controllers ---- */

/* The clock goes with the controller's turns: nobody is too slow for it. */
static bool turn(void)
{
	sched_yield();
	__atomic_add_fetch(&now, 10000, __ATOMIC_RELEASE);
	return !__atomic_load_n(&over, __ATOMIC_ACQUIRE);
}

static void ahci_identify(void)
{
	const struct ahci_header *h;
	const struct ahci_table *t;
	uint16_t *id;

	h = (void *)(uintptr_t)(reg[PX_FIRST + PX_CLB] |
				(uint64_t)reg[PX_FIRST + PX_CLBU] << 32);
	t = (void *)(uintptr_t)h[0].table;
	id = (void *)(uintptr_t)t->prd[0].address;
	id[83] = 1 << 10;
	id[49] = 1 << 8;
	id[101] = 1;		/* 65,536 sectors */
	id[169] = 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	reg[PX_FIRST + PX_CI] = 0;
}

static void *play_ahci(void *arg)
{
	volatile uint32_t *cmd = &reg[PX_FIRST + PX_CMD];

	while (turn()) {
		uint32_t was = *cmd, is = was;

		if (reg[PX_FIRST + PX_IS] == ~0u)	/* write 1 to clear */
			reg[PX_FIRST + PX_IS] = 0;
		if (reg[PX_FIRST + PX_CI] == 1 &&
		    !__atomic_load_n(&silent, __ATOMIC_ACQUIRE))
			ahci_identify();
		is |= was & CMD_ST ? CMD_CR : 0;
		if (!(was & CMD_ST) && !stubborn)
			is &= ~CMD_CR;
		is = was & CMD_FRE ? is | CMD_FR : is & ~CMD_FR;
		__atomic_compare_exchange_n(&reg[PX_FIRST + PX_CMD], &was, is,
					    false, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static void nvme_admin(unsigned at)
{
	const struct nvme_command *c = (void *)(uintptr_t)
		(reg[10] | (uint64_t)reg[11] << 32);
	volatile struct nvme_completion *done = (void *)(uintptr_t)
		(reg[12] | (uint64_t)reg[13] << 32);
	uint8_t *page;

	c += at;
	page = (void *)(uintptr_t)c->prp[0];
	if (c->op == 6 && c->dw[0] == 2)
		*(uint32_t *)page = 1;		/* one namespace */
	if (c->op == 6 && c->dw[0] == 0) {
		page[1] = 1;			/* of 256 sectors, */
		page[130] = 9;			/* 512 bytes long */
		page[99] = 1;			/* write protected */
	}
	done[at].id = c->id;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	done[at].status = 1;
}

static void *play_nvme(void *arg)
{
	unsigned head = 0;

	while (turn()) {
		if (reg[5] & 1)
			reg[7] = 1;
		else if (!stubborn)
			reg[7] = head = 0;
		while (reg[7] && head != reg[1024] &&
		       !__atomic_load_n(&silent, __ATOMIC_ACQUIRE))
			nvme_admin(head++);
	}
	return NULL;
}

/* ---- */

static void done(struct disk_request *r, enum disk_end end)
{
	n_done++;
	ended = end;
}

static struct disk_request request;

static pthread_t begin(const struct pci_driver *d, void *(*play)(void *),
		       bool does_not_stop, bool starts)
{
	const struct pci_dev p = { .class = 0 };
	pthread_t thread;

	disk = NULL;
	n_done = irqs = 0;
	over = silent = false;
	stubborn = does_not_stop;
	pthread_create(&thread, NULL, play, NULL);
	assert_int_equal(d->start(&p), starts);
	assert_int_equal(!!disk, starts);
	assert_true(irqs == 1 || !starts);
	request = (struct disk_request){
		.op = DISK_READ, .n_segs = 1, .seg = { { 0x5000, 4096 } },
		.done = done,
	};
	return thread;
}

static void end(pthread_t thread)
{
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	while (n_room)
		free(room[--n_room]);
}

/* Nothing is answered any more, and what was being answered is. */
static void fall_silent(void)
{
	uint64_t since;

	__atomic_store_n(&silent, true, __ATOMIC_RELEASE);
	since = time_now();
	while (time_now() < since + 30000)
		;
}

static void ahci_power_on(void)
{
	memset((void *)(uintptr_t)reg, 0, sizeof(reg));
	reg[CAP] = CAP_S64A | 31 << 8;
	reg[PI] = 1;
	reg[PX_FIRST + PX_SSTS] = 3;
	reg[PX_FIRST + PX_SIG] = SIG_DISK;
}

/* A command fails while the port stops, or does not. */
static void ahci(bool does_not_stop)
{
	pthread_t thread;

	ahci_power_on();
	thread = begin(&ahci_driver, play_ahci, does_not_stop, true);
	assert_int_equal(disk->sectors, 65536);
	assert_int_equal(disk->discard_max, 64 * 0xffff);
	fall_silent();
	assert_true(disk->submit(disk, &request));
	disk->poll(disk);
	assert_int_equal(n_done, 0);
	while (!(reg[PX_FIRST + PX_CMD] & CMD_CR))
		sched_yield();
	reg[PX_FIRST + PX_IS] = PX_IS_FATAL;
	disk->poll(disk);
	assert_int_equal(n_done, 1);
	assert_int_equal(ended, does_not_stop ? DISK_LOST : DISK_FAILED);
	/* What it is given afterwards never reached it. */
	if (does_not_stop) {
		assert_true(disk->submit(disk, &request));
		disk->poll(disk);
		assert_int_equal(n_done, 2);
		assert_int_equal(ended, DISK_FAILED);
	}
	end(thread);
}

static void test_ahci(void **state)
{
	ahci(false);
	ahci(true);
}

/* The firmware's commands still run, and nothing ends them. */
static void test_ahci_busy(void **state)
{
	pthread_t thread;

	ahci_power_on();
	reg[PX_FIRST + PX_CMD] = CMD_ST | CMD_CR;
	thread = begin(&ahci_driver, play_ahci, true, false);
	end(thread);
}

static void nvme_power_on(void)
{
	memset((void *)(uintptr_t)reg, 0, sizeof(reg));
	reg[0] = 63;
}

/* It completes what it was never asked. */
static void nvme(bool does_not_stop)
{
	pthread_t thread;
	struct nvme *n;

	nvme_power_on();
	thread = begin(&nvme_driver, play_nvme, does_not_stop, true);
	n = ((struct nvme_disk *)disk->priv)->nvme;
	assert_int_equal(disk->sectors, 256);
	assert_true(disk->read_only);
	assert_true(disk->submit(disk, &request));
	n->io.cq[0].id = 40;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	n->io.cq[0].status = 1;
	disk->poll(disk);
	assert_int_equal(n_done, 1);
	assert_int_equal(ended, does_not_stop ? DISK_LOST : DISK_FAILED);
	assert_true(disk->submit(disk, &request));
	disk->poll(disk);
	assert_int_equal(n_done, 2);
	assert_int_equal(ended, DISK_FAILED);
	end(thread);
}

static void test_nvme(void **state)
{
	nvme(false);
	nvme(true);
}

static void test_nvme_busy(void **state)
{
	pthread_t thread;

	nvme_power_on();
	reg[7] = 1;
	thread = begin(&nvme_driver, play_nvme, true, false);
	end(thread);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ahci),
		cmocka_unit_test(test_ahci_busy),
		cmocka_unit_test(test_nvme),
		cmocka_unit_test(test_nvme_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
