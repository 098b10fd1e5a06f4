/*
 * SATA disks behind an AHCI controller (Serial ATA AHCI 1.3.1; ATA8-ACS).
 * Commands are plain DMA ones: the controller takes up to 32 and works them
 * off in order.  The firmware has brought the links up.
 */
#include "pvboot/hv/drivers/ahci.h"

#include <string.h>

#include "loader/base/fmt.h"
#include "pvboot/hv/drivers/ata.h"
#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"
#include "pvboot/hv/machine/pci.h"
#include "pvboot/hv/machine/work.h"

/* Wait until the bits of MASK in REG are 0; false when they stay for MS. */
static bool settles(volatile uint32_t *reg, uint32_t mask, unsigned ms)
{
	const uint64_t end = time_now() + ms * 1000000ull;

	while (*reg & mask)
		if (time_now() > end)
			return false;
	return true;
}

static bool stop(struct ahci_port *p)
{
	p->reg[PX_CMD] &= ~CMD_ST;
	if (!settles(&p->reg[PX_CMD], CMD_CR, 500))
		return false;
	p->reg[PX_CMD] &= ~CMD_FRE;
	return settles(&p->reg[PX_CMD], CMD_FR, 500);
}

static void start(struct ahci_port *p)
{
	p->reg[PX_SERR] = ~0u;
	p->reg[PX_IS] = ~0u;
	p->reg[PX_CMD] |= CMD_FRE;
	p->reg[PX_CMD] |= CMD_ST;
}

/* The register FIS (Serial ATA 10.3.4) of an LBA48 command. */
static void make_fis(uint8_t *f, uint8_t command, uint64_t lba, uint32_t count)
{
	memset(f, 0, 20);
	f[0] = 0x27;
	f[1] = 0x80;
	f[2] = command;
	f[7] = 0x40;		/* LBA */
	for (unsigned i = 0; i < 3; i++) {
		f[4 + i] = (uint8_t)(lba >> (8 * i));
		f[8 + i] = (uint8_t)(lba >> (8 * i + 24));
	}
	f[12] = (uint8_t)count;
	f[13] = (uint8_t)(count >> 8);
}

/* The command table of SLOT is complete: the controller may have it. */
static void hand_over(struct ahci_port *p, unsigned slot, unsigned prds,
		      bool write)
{
	p->header[slot].flags = HEADER_FIS_WORDS | HEADER_PRDS(prds) |
		(write ? HEADER_WRITE : 0);
	p->header[slot].done = 0;
	p->header[slot].table = va_ma(&p->table[slot]);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	p->reg[PX_CI] = 1u << slot;
}

static void issue_trim(struct ahci_port *p, unsigned slot,
		       const struct disk_request *r)
{
	uint64_t *ranges = p->ranges + slot * (DISK_SECTOR / 8);
	struct ahci_table *t = &p->table[slot];

	ata_ranges(ranges, &p->disk, r);
	t->prd[0] = (struct ahci_prd){ va_ma(ranges), 0, DISK_SECTOR - 1 };
	make_fis(t->fis, ATA_DSM, 0, 1);
	t->fis[3] = ATA_DSM_TRIM;
	hand_over(p, slot, 1, true);
}

/* Put COMMAND into SLOT and let the controller have it. */
static void issue(struct ahci_port *p, unsigned slot, uint8_t command,
		  const struct disk_request *r)
{
	const uint32_t unit = p->disk.sector_size;
	struct ahci_table *t = &p->table[slot];
	uint32_t bytes = 0;

	for (unsigned i = 0; i < r->n_segs; i++) {
		t->prd[i] = (struct ahci_prd){ r->seg[i].ma, 0,
					       r->seg[i].len - 1 };
		bytes += r->seg[i].len;
	}
	if (command == ATA_IDENTIFY || command == ATA_FLUSH)
		make_fis(t->fis, command, 0, 0);
	else
		make_fis(t->fis, command, r->sector / (unit / DISK_SECTOR),
			 bytes / unit);
	hand_over(p, slot, r->n_segs, r->op == DISK_WRITE);
}

static void begin(struct ahci_port *p, unsigned slot)
{
	const struct disk_request *r = p->request[slot];

	if (r->op == DISK_DISCARD)
		issue_trim(p, slot, r);
	else
		issue(p, slot, ata_command(r->op), r);
}

static bool submit(struct disk *d, struct disk_request *r)
{
	struct ahci_port *p = d->priv;

	for (unsigned i = 0; i < p->slots; i++) {
		if (p->request[i])
			continue;
		p->request[i] = r;
		if (p->dead)
			work_queue(&p->work);
		else if (p->parked)
			p->parked |= 1u << i;
		else
			begin(p, i);
		return true;
	}
	return false;
}

static void finish(struct ahci_port *p, unsigned slot, bool ok)
{
	struct disk_request *r = p->request[slot];
	const bool lost = p->lost >> slot & 1;

	p->request[slot] = NULL;
	p->lost &= ~(1u << slot);
	r->done(r, lost ? DISK_LOST : ok ? DISK_OK : DISK_FAILED);
}

/* Slots whose requests are in the controller (BUSY) or no longer are. */
static uint32_t slots(const struct ahci_port *p, bool busy)
{
	uint32_t in = p->dead ? 0 : p->reg[PX_CI] | p->parked, mask = 0;

	for (unsigned i = 0; i < p->slots; i++)
		if (p->request[i] && (in >> i & 1) == busy)
			mask |= 1u << i;
	return busy ? mask & ~p->parked : mask;
}

/*
 * 6.2.2: after an error the port has stopped.  Which command failed is only
 * sure when there was but one (QEMU does not say it in PxCMD.CCS), so those
 * not done are issued again, one by one.  Returns the one that failed, if any.
 */
static uint32_t recover(struct ahci_port *p)
{
	uint32_t left = slots(p, true);

	if (!stop(p)) {
		hv_log("%s: the port does not stop: not used any more",
		       p->disk.name);
		p->dead = true;
		p->lost = left;
		p->parked = 0;
		return ~0u;
	}
	start(p);
	p->reg[PX_IE] = PX_IS_FATAL | PX_IS_DHRS;
	if (!(left & (left - 1)))
		return left;
	p->parked |= left;
	return 0;
}

static void issue_parked(struct ahci_port *p)
{
	unsigned next = (unsigned)__builtin_ctz(p->parked);

	p->parked &= p->parked - 1;
	begin(p, next);
}

static void poll(struct disk *d)
{
	struct ahci_port *p = d->priv;
	uint32_t failed = 0, done = slots(p, false);

	if (!p->dead && p->reg[PX_IS] & PX_IS_FATAL) {
		failed = recover(p);
		done |= failed;
	}
	for (unsigned i = 0; i < p->slots; i++)
		if (done >> i & 1 && p->request[i])
			finish(p, i, !p->dead && !(failed >> i & 1));
	if (p->parked && !slots(p, true))
		issue_parked(p);
}

static void run(struct work *w)
{
	poll(w->arg);
}

static bool interrupt(void *arg)
{
	struct ahci *a = arg;
	bool ours = false;

	for (unsigned i = 0; i < a->n_ports; i++) {
		struct ahci_port *p = a->port[i];
		uint32_t is = p->reg[PX_IS];

		if (!is)
			continue;
		/* Fatal ones stay for poll() to see; they stop the port. */
		p->reg[PX_IS] = is & ~PX_IS_FATAL;
		if (is & PX_IS_FATAL)
			p->reg[PX_IE] = 0;
		work_queue(&p->work);
		ours = true;
	}
	a->reg[IS] = a->reg[IS];
	return ours;
}

/* ---- finding them -------------------------------------------------------- */

/* IDENTIFY DEVICE (7.12.7): false when it is no disk we can use. */
static bool identify(struct ahci_port *p)
{
	uint16_t *id = memory_alloc(1);
	struct disk_request r = {
		.op = DISK_READ, .n_segs = 1, .seg = { { 0, 512 } },
	};
	bool ok;

	if (!id)
		return false;
	r.seg[0].ma = va_ma(id);
	p->disk.sector_size = DISK_SECTOR;
	issue(p, 0, ATA_IDENTIFY, &r);
	if (!settles(&p->reg[PX_CI], 1, 5000))
		return false;	/* it may still write to ID */
	ok = !(p->reg[PX_IS] & PX_IS_FATAL) && ata_identity(&p->disk, id);
	memory_free(id, 1);
	return ok;
}

static bool prepare(struct ahci_port *p)
{
	uint8_t *page = memory_alloc(1);	/* headers, received FISes */
	const uint64_t ma = page ? va_ma(page) : 0;

	p->table = memory_alloc(AHCI_SLOTS * sizeof(*p->table) / PAGE_SIZE);
	p->ranges = memory_alloc(AHCI_SLOTS * DISK_SECTOR / PAGE_SIZE);
	if (!page || !p->table || !p->ranges)
		return false;
	p->header = (struct ahci_header *)page;
	p->reg[PX_CLB] = (uint32_t)ma;
	p->reg[PX_CLBU] = (uint32_t)(ma >> 32);
	p->reg[PX_FB] = (uint32_t)(ma + AHCI_SLOTS * sizeof(*p->header));
	p->reg[PX_FBU] = (uint32_t)(ma >> 32);
	start(p);
	return true;
}

static void add_port(struct ahci *a, unsigned n)
{
	struct ahci_port *p;
	volatile uint32_t *reg = a->reg + PX_FIRST + n * PX_WORDS;

	/* A device that answers, and a disk. */
	if ((reg[PX_SSTS] & 15) != 3 || reg[PX_SIG] != SIG_DISK)
		return;
	p = memory_alloc((sizeof(*p) + PAGE_SIZE - 1) / PAGE_SIZE);
	if (!p)
		return;
	p->reg = reg;
	p->slots = (a->reg[CAP] >> 8 & 31) + 1;
	p->disk.submit = submit;
	p->disk.poll = poll;
	p->disk.priv = p;
	p->work.fn = run;
	p->work.arg = &p->disk;
	if (!prepare(p) || !identify(p) || !disk_add(&p->disk)) {
		hv_log("ahci port %u: not usable", n);
		stop(p);
		return;
	}
	p->reg[PX_IS] = ~0u;
	p->reg[PX_IE] = PX_IS_FATAL | PX_IS_DHRS;
	a->port[a->n_ports++] = p;
	hv_log("%s: AHCI port %u, %lu sectors of %u%s", p->disk.name, n,
	       p->disk.sectors / (p->disk.sector_size / DISK_SECTOR),
	       p->disk.sector_size, p->disk.flush ? ", write cache" : "");
}

static bool knows(const struct pci_dev *p)
{
	return p->class == CLASS_AHCI;
}

/* The firmware's lists must be at rest before memory is given out. */
static bool stop_all(struct ahci *a, unsigned ports)
{
	bool stopped = true;

	for (unsigned i = 0; i < ports; i++) {
		struct ahci_port p = {
			.reg = a->reg + PX_FIRST + i * PX_WORDS,
		};

		if (a->reg[PI] >> i & 1)
			stopped &= stop(&p);
	}
	return stopped;
}

static bool add_ports(struct ahci *a, unsigned ports,
		      const struct pci_dev *pci)
{
	for (unsigned i = 0; i < ports; i++)
		if (a->reg[PI] >> i & 1)
			add_port(a, i);
	if (!a->n_ports)
		return false;
	irq_register_pci(pci, interrupt, a);
	a->reg[IS] = ~0u;
	a->reg[GHC] |= GHC_IE;
	return true;
}

static bool found(const struct pci_dev *pci)
{
	struct pci_bar bar = pci_bar(pci, 5);
	struct ahci *a = memory_alloc(1);
	unsigned ports;

	if (!a || bar.io || bar.size < PX_FIRST * 4) {
		hv_log("ahci %x: not usable", pci->address >> 8);
		return false;
	}
	pci_enable(pci);
	ports = (unsigned)(bar.size / 4 - PX_FIRST) / PX_WORDS;
	if (bar.size / 4 >= PX_FIRST + 32 * PX_WORDS)
		ports = 32;
	a->reg = memory_mmio(bar.base, (PX_FIRST + ports * PX_WORDS) * 4);
	a->reg[GHC] |= GHC_AE;
	/* Guests' memory may be anywhere. */
	if (!(a->reg[CAP] & CAP_S64A)) {
		hv_log("ahci %x: 32-bit addresses only", pci->address >> 8);
		return false;
	}
	if (!stop_all(a, ports)) {
		hv_log("ahci %x: it does not stop", pci->address >> 8);
		return false;
	}
	return add_ports(a, ports, pci);
}

const struct pci_driver ahci_driver = { "ahci", knows, found };
