/*
 * The processors.  The first starts the others one by one (Intel SDM volume 3,
 * 9.4.4 and 11.6), measures their TSCs against its own, and has them wait until
 * there is a guest to run.  What one asks of another goes by flags in memory
 * and an interrupt that makes it look; to stand still, by NMI.
 *
 * WHERE says what a processor may be doing.  It becomes GUEST or IDLE while it
 * has the lock, and OURS before it asks for it: so for the holder of the lock
 * OURS means that the processor waits for the lock, or will.  What it does for
 * its guest without the lock (traps.c) is done as GUEST.
 */
#include "pvboot/hv/machine/smp.h"

#include <string.h>

#include "pvboot/hv/machine/acpi/acpi.h"
#include "pvboot/hv/machine/acpi/madt.h"
#include "pvboot/hv/machine/boot/boot.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/interrupt/apic.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/lock.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/reset.h"
#include "pvboot/hv/machine/tables.h"
#include "pvboot/hv/machine/trap.h"

#define US	1000ULL		/* ns */
#define MS	1000000ULL
#define ROUNDS	64		/* of comparing two TSCs */

enum where { OURS, GUEST, IDLE };

struct processor {
	uint32_t where, flush, stopped, here;
	struct smp_id id;
} __attribute__((aligned(64)));

/* ap.S */
extern const uint8_t ap_start[], ap_start_end[], ap_wanted[], ap_fix_root[];
extern const uint32_t ap_fix_page[];
extern uint32_t ap_number;
extern uint64_t ap_stack;
_Noreturn void smp_arrive(unsigned n);

unsigned smp_count = 1;
bool smp_tsc_agree = true;

static struct processor processor[PROCESSORS];
static uint32_t *wanted;	/* in the page of ap.S */
static uint64_t flush_va;
static unsigned stopping;	/* by processor number - 1 */
static void (*go)(unsigned processor);

/* Two processors in turn: odd numbers are the first one's. */
static uint32_t ball;
static uint64_t other_tsc;

static uint32_t get(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static void put(uint32_t *p, uint32_t v)
{
	__atomic_store_n(p, v, __ATOMIC_SEQ_CST);
}

static void pause(void)
{
	__asm__ volatile("pause");
}

/* Until *P is V; false: not within NS. */
static bool wait_for(const uint32_t *p, uint32_t v, uint64_t ns)
{
	uint64_t end = time_now() + ns;

	while (get(p) != v) {
		if (time_now() > end)
			return false;
		pause();
	}
	return true;
}

/* ---- starting ---- */

static void wait_turn(uint32_t n)
{
	while (get(&ball) != n)
		pause();
}

/* The other one's part. */
static void show_tsc(void)
{
	for (uint32_t i = 0; i < ROUNDS; i++) {
		wait_turn(2 * i + 1);
		other_tsc = rdtsc_ordered();
		put(&ball, 2 * i + 2);
	}
}

/*
 * The other reads its TSC between two reads of ours.  If it was never outside
 * of what we read, nobody can tell that they differ.
 */
static void compare_tsc(unsigned n)
{
	uint64_t before, after, best = ~0ULL;
	bool agree = true;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		before = rdtsc_ordered();
		put(&ball, 2 * i + 1);
		wait_turn(2 * i + 2);
		after = rdtsc_ordered();
		agree &= before <= other_tsc && other_tsc <= after;
		if (after - before < best) {
			best = after - before;
			time_ahead[n] = other_tsc - (before + best / 2);
		}
	}
	put(&ball, 0);
	if (agree)
		time_ahead[n] = 0;
	else
		smp_tsc_agree = false;
}

/* On its own stack, and all else its own. */
static void arrived(unsigned n)
{
	tables_load(n);
	reset_cpu();
	apic_init_other();
	tables_leave();
	put(&processor[n].here, 1);
	show_tsc();
	while (!__atomic_load_n(&go, __ATOMIC_ACQUIRE))
		cpu_wait();
	lock_take(n);
	put(&processor[n].where, OURS);
	go(n);
}

/* From ap.S, on the tables of boot.S. */
void smp_arrive(unsigned n)
{
	reset_early();
	write_cr3(va_ma(memory_l4));
	trap_on_stack(tables_stack(n), arrived, n);
}

static void send_startup(uint32_t apic, uint64_t page)
{
	apic_send(apic, APIC_STARTUP | (uint32_t)(page >> 12));
}

/* Number N is C from now on; false: it did not come. */
static bool start_one(unsigned n, const struct madt_cpu *c, uint64_t page)
{
	struct processor *p = &processor[n];
	uint32_t want = c->apic_id;

	p->id = (struct smp_id){ c->apic_id, c->acpi_id };
	p->where = IDLE;
	ap_number = n;
	put(wanted, want);
	send_startup(want, page);
	if (!wait_for(wanted, AP_CLAIMED, 200 * US))
		send_startup(want, page);
	if (!wait_for(wanted, AP_CLAIMED, 100 * MS) &&
	    __atomic_compare_exchange_n(wanted, &want, AP_NOBODY, false,
					__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return false;
	if (!wait_for(&p->here, 1, 1000 * MS))
		panic("the processor with APIC ID %u has got stuck",
		      c->apic_id);
	compare_tsc(n);
	return true;
}

/* In PAGE, what ap.S says that it wants to know. */
static void make_page(uint64_t page)
{
	uint8_t *to = ma_va(page);
	uint32_t root = (uint32_t)va_ma(boot_l4), word;

	memcpy(to, ap_start, (size_t)(ap_start_end - ap_start));
	for (const uint32_t *at = ap_fix_page; *at; at++) {
		memcpy(&word, to + *at, sizeof(word));
		word += (uint32_t)page;
		memcpy(to + *at, &word, sizeof(word));
	}
	memcpy(to + (ap_fix_root - ap_start), &root, sizeof(root));
	wanted = (uint32_t *)(to + (ap_wanted - ap_start));
}

static void start_others(const struct madt *m, unsigned want, uint64_t page)
{
	unsigned n = 1, i;
	void *stack = NULL;
	uint64_t end;

	make_page(page);
	for (i = 0; i < m->n; i++)
		apic_send(m->other[i].apic_id, APIC_INIT);
	for (end = time_now() + 10 * MS; time_now() < end; )
		pause();
	for (i = 0; i < m->n && n < want; i++) {
		if (!stack)
			stack = tables_prepare(n);
		ap_stack = (uint64_t)(uintptr_t)stack;
		if (start_one(n, &m->other[i], page)) {
			n++;
			stack = NULL;
		} else {
			hv_log("the processor with APIC ID %u does not answer",
			       m->other[i].apic_id);
		}
	}
	smp_count = n;
}

void smp_start(unsigned want)
{
	uint64_t page = memory_low_page();
	struct madt m;

	processor[0].id.apic = apic_id();
	madt_read(acpi_table("APIC"), apic_id(), apic_last_id(), &m);
	if (want > 1 && m.n && page)
		start_others(&m, want, page);
	time_apart = !smp_tsc_agree;
	if (smp_count > 1)
		lock_take(0);
}

void smp_run(void (*fn)(unsigned processor))
{
	__atomic_store_n(&go, fn, __ATOMIC_RELEASE);
	for (unsigned n = 1; n < smp_count; n++)
		smp_kick(n);
	trap_on_stack(tables_stack(0), fn, 0);
}

struct smp_id smp_id(unsigned n)
{
	return processor[n].id;
}

/* ---- asking and answering ---- */

static void stand_still(void)
{
	put(&processor[smp_self()].stopped, 1);
	for (;;)
		__asm__ volatile("cli; hlt");
}

bool smp_answer(void)
{
	struct processor *p = &processor[smp_self()];

	smp_nmi();
	if (!get(&p->flush))
		return false;
	if (flush_va == SMP_ALL)
		write_cr3(read_cr3());
	else
		invlpg(flush_va);
	put(&p->flush, 0);
	return true;
}

void smp_to_guest_locked(unsigned self)
{
	struct processor *p = &processor[self];

	put(&p->where, GUEST);
	lock_release();
	if (get(&p->flush) || get(&stopping))
		smp_answer();
}

void smp_from_guest_locked(unsigned self, uint64_t vector)
{
	if (vector >= VEC_IRQ && vector < 256)
		irq_note((unsigned)vector);
	put(&processor[self].where, OURS);
	smp_nmi();
	lock_take(self);
}

void smp_idle(void)
{
	unsigned self = smp_self();

	put(&processor[self].where, IDLE);
	lock_release();
	cpu_wait();
	put(&processor[self].where, OURS);
	lock_take(self);
}

void smp_poke(unsigned n)
{
	apic_send(processor[n].id.apic, VEC_KICK);
}

void smp_kick(unsigned n)
{
	if (n != smp_self() && get(&processor[n].where) != OURS)
		smp_poke(n);
}

void smp_kick_timer(unsigned n)
{
	apic_send(processor[n].id.apic, VEC_TIMER);
}

void smp_gather(void)
{
	unsigned n;

	for (n = 0; n < smp_count; n++)
		if (get(&processor[n].where) == GUEST)
			smp_kick(n);
	for (n = 0; n < smp_count; n++)
		while (get(&processor[n].where) == GUEST)
			pause();
}

void smp_flush(uint32_t processors, uint64_t va)
{
	unsigned n;

	flush_va = va;
	for (n = 0; n < smp_count; n++)
		if (processors >> n & 1) {
			put(&processor[n].flush, 1);
			if (get(&processor[n].where) == GUEST || lock_sleeps(n))
				smp_poke(n);
		}
	for (n = 0; n < smp_count; n++)
		while (processors >> n & 1 && get(&processor[n].flush)) {
			smp_nmi();
			pause();
		}
}

void smp_stop(void)
{
	unsigned self = smp_self(), n, none = 0;
	uint64_t end;

	if (smp_count == 1)
		return;
	if (!__atomic_compare_exchange_n(&stopping, &none, self + 1, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		smp_nmi();
		return;		/* it was us */
	}
	for (n = 0; n < smp_count; n++)
		if (n != self)
			apic_send(processor[n].id.apic, APIC_NMI);
	end = rdtsc() + time_tsc_khz * 100;
	for (n = 0; n < smp_count; n++)
		while (n != self && !get(&processor[n].stopped) &&
		       rdtsc() < end)
			pause();
}

void smp_nmi(void)
{
	unsigned by = __atomic_load_n(&stopping, __ATOMIC_RELAXED);

	if (by && by != smp_self() + 1)
		stand_still();
}
