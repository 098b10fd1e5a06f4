/*
 * Intel's gigabit cards with legacy descriptors: 82540EM and its kin ("e1000":
 * PCI/PCI-X Family Software Developer's Manual, 317453), 82574L ("e1000e":
 * 82574 datasheet, 317694).  The firmware's card may be at work: it is reset
 * before anything else.  Lengths that the card gives are checked.
 */
#include "pvboot/hv/drivers/e1000.h"

#include <string.h>

#include "pvboot/hv/drivers/net.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"

/* Registers, as 32-bit words (317453, table 13-2). */
enum {
	CTRL = 0x0000 / 4, STATUS = 0x0008 / 4, ICR = 0x00c0 / 4,
	IMS = 0x00d0 / 4, IMC = 0x00d8 / 4, RCTL = 0x0100 / 4,
	TCTL = 0x0400 / 4, TIPG = 0x0410 / 4, RDBA = 0x2800 / 4,
	TDBA = 0x3800 / 4, RXCSUM = 0x5000 / 4, MTA = 0x5200 / 4,
	RAL = 0x5400 / 4, RAH = 0x5404 / 4, WORDS = 0x8000 / 4,
};
/* Of a ring, from its RDBA or TDBA on. */
enum { RING_BASE = 0, RING_BASE_HIGH = 1, RING_BYTES = 2, RING_HEAD = 4,
       RING_TAIL = 6 };
#define CTRL_SLU	0x00000040u	/* set link up */
#define CTRL_ASDE	0x00000020u
#define CTRL_LRST	0x00000008u
#define CTRL_ILOS	0x00000080u
#define CTRL_RST	0x04000000u
#define CTRL_PHY_RST	0x80000000u
#define STATUS_LU	0x00000002u
#define INT_TXDW	0x01u
#define INT_LSC		0x04u
#define INT_RX		0xd0u		/* RXDMT0, RXO, RXT0 */
#define RCTL_SETTING	0x04008012u	/* on, all groups, broadcasts, no CRC */
#define TCTL_SETTING	0x0004010au	/* on, pad; collisions (13.4.33) */
#define TIPG_SETTING	0x00602008u	/* (13.4.34) */
#define RXCSUM_ON	0x300u		/* IP, TCP and UDP */
#define RAH_VALID	0x80000000u

#define TX_COMMAND	0x0bu		/* end, insert the FCS, report */
#define DONE		0x01u
#define RX_END		0x02u
#define RX_IGNORE	0x04u		/* no checksum was looked at */
#define RX_SUMS		0x60u		/* TCP or UDP, IP */

enum { SLOTS = 128, BUFFER = 2048 };	/* each way */

/* 3.2.3 and 3.3.3 */
struct rx_desc {
	uint64_t ma;
	uint16_t len, sum;
	uint8_t status, errors;
	uint16_t special;
};

struct tx_desc {
	uint64_t ma;
	uint16_t len;
	uint8_t sum_at, command, status, sum_from;
	uint16_t special;
};

_Static_assert(sizeof(struct rx_desc) == 16, "3.2.3");
_Static_assert(sizeof(struct tx_desc) == 16, "3.3.3");

struct e1000 {
	struct net net;
	volatile uint32_t *reg;
	volatile struct rx_desc *rx;
	volatile struct tx_desc *tx;
	uint8_t *rx_buffer, *tx_buffer;
	unsigned rx_next;		/* slot to look at */
	unsigned rx_given, rx_told;	/* up to it; and as RDT has it */
	unsigned tx_next, tx_given, tx_free;
	unsigned tx_done;		/* the oldest that the card has */
	bool started;
};

static bool reset(struct e1000 *e)
{
	uint64_t end = time_now() + 100000000;

	e->reg[IMC] = ~0u;
	e->reg[RCTL] = 0;
	e->reg[TCTL] = 0;
	e->reg[CTRL] |= CTRL_RST;
	/* 14.2: a microsecond at least, then the EEPROM is read. */
	for (uint64_t wait = time_now() + 10000000; time_now() < wait;)
		;
	while (e->reg[CTRL] & CTRL_RST)
		if (time_now() > end)
			return false;
	e->reg[IMC] = ~0u;
	(void)e->reg[ICR];
	return true;
}

static void set_address(struct e1000 *e, const uint8_t mac[6])
{
	uint32_t low, high = 0;

	memcpy(&low, mac, 4);
	memcpy(&high, mac + 4, 2);
	e->reg[RAL] = low;
	e->reg[RAH] = high | RAH_VALID;
}

static void set_ring(struct e1000 *e, unsigned at, uint64_t ma)
{
	e->reg[at + RING_BASE] = (uint32_t)ma;
	e->reg[at + RING_BASE_HIGH] = (uint32_t)(ma >> 32);
	e->reg[at + RING_BYTES] = SLOTS * 16;
	e->reg[at + RING_HEAD] = 0;
	e->reg[at + RING_TAIL] = 0;
}

static void make_rings(struct e1000 *e)
{
	uint8_t *ring = memory_take(PAGE_SIZE);

	e->rx_buffer = memory_take(SLOTS * BUFFER);
	e->tx_buffer = memory_take(SLOTS * BUFFER);
	e->rx = (struct rx_desc *)ring;
	e->tx = (struct tx_desc *)(ring + SLOTS * 16);
	for (unsigned i = 0; i < SLOTS; i++) {
		e->rx[i].ma = va_ma(e->rx_buffer + i * BUFFER);
		e->tx[i].ma = va_ma(e->tx_buffer + i * BUFFER);
	}
	e->tx_free = SLOTS - 1;
	e->rx_given = SLOTS - 1;
}

static bool start(struct net *net, const uint8_t mac[6])
{
	struct e1000 *e = net->priv;

	for (unsigned i = 0; i < 128; i++)
		e->reg[MTA + i] = 0;
	set_address(e, mac);
	set_ring(e, RDBA, va_ma((const void *)(uintptr_t)e->rx));
	set_ring(e, TDBA, va_ma((const void *)(uintptr_t)e->tx));
	e->reg[CTRL] = (e->reg[CTRL] & ~(CTRL_LRST | CTRL_ILOS |
					 CTRL_PHY_RST)) |
		CTRL_SLU | CTRL_ASDE;
	e->reg[TIPG] = TIPG_SETTING;
	e->reg[TCTL] = TCTL_SETTING;
	e->reg[RXCSUM] = RXCSUM_ON;
	e->reg[RCTL] = RCTL_SETTING;
	e->reg[RDBA + RING_TAIL] = e->rx_told = e->rx_given;
	e->started = true;
	e->reg[IMS] = INT_RX | INT_LSC;
	return true;
}

static bool link(struct net *net)
{
	struct e1000 *e = net->priv;

	return e->reg[STATUS] & STATUS_LU;
}

static void reclaim(struct e1000 *e)
{
	while (e->tx_free < SLOTS - 1 && e->tx[e->tx_done].status & DONE) {
		e->tx_done = (e->tx_done + 1) % SLOTS;
		e->tx_free++;
	}
}

/* The card interrupts for sent frames only while somebody waits for room. */
static void *room(struct net *net)
{
	struct e1000 *e = net->priv;

	if (!e->tx_free)
		reclaim(e);
	if (!e->tx_free) {
		e->reg[IMS] = INT_TXDW;
		reclaim(e);
	}
	if (!e->tx_free)
		return NULL;
	return e->tx_buffer + e->tx_next * BUFFER;
}

static void send(struct net *net, uint32_t len)
{
	struct e1000 *e = net->priv;
	volatile struct tx_desc *d = &e->tx[e->tx_next];

	d->len = (uint16_t)len;
	d->sum_at = d->sum_from = 0;
	d->special = 0;
	d->status = 0;
	d->command = TX_COMMAND;
	e->tx_next = (e->tx_next + 1) % SLOTS;
	e->tx_free--;
}

static void taken(struct net *net)
{
	struct e1000 *e = net->priv;

	e->rx[e->rx_next].status = 0;
	e->rx_given = e->rx_next;
	e->rx_next = (e->rx_next + 1) % SLOTS;
}

static const void *next(struct net *net, uint32_t *len, bool *checked)
{
	struct e1000 *e = net->priv;

	/* Bounded: more than all of them are never looked at in one go. */
	for (unsigned i = 0; i < SLOTS; i++) {
		volatile struct rx_desc *d = &e->rx[e->rx_next];
		uint8_t status = d->status;

		if (!(status & DONE))
			return NULL;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		*len = d->len;
		if (status & RX_END && !(d->errors & 0x97) &&
		    *len >= NET_HEADER && *len <= BUFFER) {
			*checked = (status & (RX_SUMS | RX_IGNORE)) ==
				RX_SUMS && !d->errors;
			return e->rx_buffer + e->rx_next * BUFFER;
		}
		taken(net);
	}
	return NULL;
}

static void flush(struct net *net)
{
	struct e1000 *e = net->priv;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (e->tx_given != e->tx_next)
		e->reg[TDBA + RING_TAIL] = e->tx_given = e->tx_next;
	if (e->rx_told != e->rx_given)
		e->reg[RDBA + RING_TAIL] = e->rx_told = e->rx_given;
}

static void watch(struct net *net, bool on)
{
	struct e1000 *e = net->priv;

	e->reg[on ? IMS : IMC] = INT_RX;
}

/* Reading ICR takes the interrupt away. */
static bool interrupt(void *arg)
{
	struct e1000 *e = arg;
	uint32_t cause = e->reg[ICR];

	if (!e->started || !(cause & (INT_RX | INT_LSC | INT_TXDW)))
		return false;
	e->net.link_changed |= cause >> 2 & 1;
	if (cause & INT_TXDW)
		e->reg[IMC] = INT_TXDW;
	net_event(&e->net);
	return true;
}

/* ---- finding them -------------------------------------------------------- */

static bool knows(const struct pci_dev *p)
{
	static const uint16_t ids[] = {
		0x1004, 0x100e, 0x100f, 0x1010, 0x1015, 0x1016, 0x1017, 0x101e,
		0x1026, 0x1027, 0x1028, 0x1076, 0x1079, 0x107c, 0x10d3,
	};

	for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (p->vendor == 0x8086 && p->device == ids[i])
			return true;
	return false;
}

static bool found(const struct pci_dev *p)
{
	struct pci_bar bar = pci_bar(p, 0);
	struct e1000 *e = memory_alloc(1);
	enum irq_way way;
	uint32_t low, high;

	if (!e || bar.io || bar.size < WORDS * 4) {
		hv_log("e1000 %x: not usable", p->address >> 8);
		return false;
	}
	pci_enable(p);
	e->reg = memory_mmio(bar.base, WORDS * 4);
	if (!reset(e)) {
		hv_log("e1000 %x: it does not reset", p->address >> 8);
		return false;
	}
	low = e->reg[RAL];
	high = e->reg[RAH];
	memcpy(e->net.mac, &low, 4);
	memcpy(e->net.mac + 4, &high, 2);
	e->net.start = start;
	e->net.link = link;
	e->net.room = room;
	e->net.send = send;
	e->net.next = next;
	e->net.taken = taken;
	e->net.flush = flush;
	e->net.watch = watch;
	e->net.priv = e;
	if (!net_add(&e->net))
		return false;
	make_rings(e);
	way = irq_register_pci(p, interrupt, e);
	hv_log("%s: %x:%x %x, %s", e->net.name, p->vendor, p->device,
	       p->address >> 8, irq_way_name[way]);
	return true;
}

const struct pci_driver e1000_driver = { "e1000", knows, found };
