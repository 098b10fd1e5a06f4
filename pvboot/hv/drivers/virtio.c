/*
 * The transport: where a virtio device's registers are, and the handshake with
 * it (virtio 1.0: 3.1, 4.1.4, 4.1.5; legacy: 4.1.4.8).  Everything the device
 * says of places and sizes is checked against its BARs.
 */
#include "pvboot/hv/drivers/virtio.h"

#include <linux/pci_regs.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>

#include "pvboot/hv/drivers/virtio_mmio.h"
#include "pvboot/hv/drivers/virtio_queue.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"

#define COMMON(v)	((volatile struct virtio_pci_common_cfg *) \
			 (v)->common.mem)

static uint32_t window_read(const struct virtio_window *w, uint32_t at,
			    unsigned len)
{
	if (at > w->len || len > w->len - at)
		return 0;
	switch (len) {
	case 1:
		return w->mem ? w->mem[at] : inb((uint16_t)(w->port + at));
	case 2:
		return w->mem ? *(volatile uint16_t *)(w->mem + at) :
			inw((uint16_t)(w->port + at));
	default:
		return w->mem ? *(volatile uint32_t *)(w->mem + at) :
			inl((uint16_t)(w->port + at));
	}
}

static void window_write16(const struct virtio_window *w, uint32_t at,
			   uint16_t value)
{
	if (w->mem)
		*(volatile uint16_t *)(w->mem + at) = value;
	else
		outw((uint16_t)(w->port + at), value);
}

static bool bar_window(struct virtio *v, unsigned bar, uint32_t offset,
		       uint32_t len, uint32_t max, struct virtio_window *w)
{
	struct pci_bar b = pci_bar(&v->pci, bar);

	if (offset > b.size || len > b.size - offset || !len)
		return false;
	w->len = len < max ? len : max;
	w->port = (uint16_t)(b.base + offset);
	if (!b.io)
		w->mem = memory_mmio(b.base + offset, w->len);
	return true;
}

/* What of a window we use at most, however long it says it is. */
static uint32_t window_max(unsigned type)
{
	switch (type) {
	case VIRTIO_PCI_CAP_COMMON_CFG:
		return sizeof(struct virtio_pci_common_cfg);
	case VIRTIO_PCI_CAP_NOTIFY_CFG:
		return 16 * PAGE_SIZE;
	case VIRTIO_PCI_CAP_ISR_CFG:
		return 1;
	}
	return PAGE_SIZE;
}

/* One virtio capability; what it describes is used if it is the first. */
static bool take_capability(struct virtio *v, unsigned at)
{
	const uint32_t offset = pci_read32(&v->pci, at + VIRTIO_PCI_CAP_OFFSET);
	const uint32_t len = pci_read32(&v->pci, at + VIRTIO_PCI_CAP_LENGTH);
	const unsigned bar = pci_read8(&v->pci, at + VIRTIO_PCI_CAP_BAR);
	const unsigned type = pci_read8(&v->pci, at + VIRTIO_PCI_CAP_CFG_TYPE);
	struct virtio_window *w;

	switch (type) {
	case VIRTIO_PCI_CAP_COMMON_CFG:
		w = &v->common;
		break;
	case VIRTIO_PCI_CAP_NOTIFY_CFG:
		w = &v->notify;
		if (!w->len)
			v->notify_multiplier = pci_read32(&v->pci, at +
						VIRTIO_PCI_NOTIFY_CAP_MULT);
		break;
	case VIRTIO_PCI_CAP_ISR_CFG:
		w = &v->isr;
		break;
	case VIRTIO_PCI_CAP_DEVICE_CFG:
		w = &v->config;
		break;
	default:
		return true;
	}
	return w->len || bar_window(v, bar, offset, len, window_max(type), w);
}

static bool find_modern(struct virtio *v)
{
	unsigned at = 0;

	while ((at = pci_capability(&v->pci, PCI_CAP_ID_VNDR, at)) != 0)
		if (!take_capability(v, at))
			return false;
	return v->common.mem && v->isr.len && v->notify.len && v->config.len &&
		v->common.len >= sizeof(struct virtio_pci_common_cfg);
}

/*
 * The legacy registers: all in I/O BAR 0, configuration behind them; where
 * depends on MSI-X.
 */
static bool find_legacy(struct virtio *v)
{
	struct pci_bar b = pci_bar(&v->pci, 0);
	const uint32_t config = VIRTIO_PCI_CONFIG_OFF(v->way == IRQ_MSIX);

	if (!b.io || b.size <= config)
		return false;
	v->common = (struct virtio_window){ NULL, (uint16_t)b.base, config };
	v->notify = v->common;
	v->isr = (struct virtio_window){
		NULL, (uint16_t)(b.base + VIRTIO_PCI_ISR), 1 };
	v->config = (struct virtio_window){
		NULL, (uint16_t)(b.base + config), (uint32_t)b.size - config };
	return true;
}

static uint16_t legacy(const struct virtio *v, unsigned offset)
{
	return (uint16_t)(v->common.port + offset);
}

static uint8_t get_status(struct virtio *v)
{
	if (v->mmio)
		return virtio_mmio_status(v);
	return v->modern ? COMMON(v)->device_status :
		inb(legacy(v, VIRTIO_PCI_STATUS));
}

static void set_status(struct virtio *v, uint8_t status)
{
	if (v->mmio)
		virtio_mmio_set_status(v, status);
	else if (v->modern)
		COMMON(v)->device_status = status;
	else
		outb(legacy(v, VIRTIO_PCI_STATUS), status);
}

/* A reset is done when the status reads 0 (4.1.4.3.2). */
static bool reset(struct virtio *v)
{
	set_status(v, 0);
	for (unsigned i = 0; i < 1000000; i++)
		if (!get_status(v))
			return true;
	return false;
}

/* Transitional devices are numbered otherwise (4.1.2.1, 5). */
bool virtio_is(const struct pci_dev *p, unsigned device)
{
	static const uint16_t transitional[] = {
		[VIRTIO_ID_NET] = 0x1000, [VIRTIO_ID_BLOCK] = 0x1001,
		[VIRTIO_ID_SCSI] = 0x1004,
	};

	return p->vendor == VIRTIO_VENDOR &&
		(p->device == 0x1040 + device ||
		 p->device == transitional[device]);
}

bool virtio_open(struct virtio *v, const struct pci_dev *p,
		 bool (*handler)(void *arg), void *arg)
{
	v->pci = *p;
	pci_enable(p);
	v->way = irq_register_pci(p, handler, arg);
	v->modern = !p->mmio && find_modern(v);
	if (p->mmio ? !virtio_mmio_open(v) : !v->modern && !find_legacy(v)) {
		hv_log("virtio %x: no usable registers", p->address >> 8);
		return false;
	}
	if (!reset(v)) {
		hv_log("virtio %x: it does not reset", p->address >> 8);
		return false;
	}
	set_status(v, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	set_status(v, VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
	return true;
}

static uint64_t offered(struct virtio *v)
{
	uint64_t f;

	if (v->mmio)
		return virtio_mmio_offered(v);
	if (!v->modern)
		return inl(legacy(v, VIRTIO_PCI_HOST_FEATURES));
	COMMON(v)->device_feature_select = 1;
	f = (uint64_t)COMMON(v)->device_feature << 32;
	COMMON(v)->device_feature_select = 0;
	return f | COMMON(v)->device_feature;
}

static void accept(struct virtio *v)
{
	if (v->mmio) {
		virtio_mmio_accept(v);
	} else if (!v->modern) {
		outl(legacy(v, VIRTIO_PCI_GUEST_FEATURES),
		     (uint32_t)v->features);
	} else {
		COMMON(v)->guest_feature_select = 0;
		COMMON(v)->guest_feature = (uint32_t)v->features;
		COMMON(v)->guest_feature_select = 1;
		COMMON(v)->guest_feature = (uint32_t)(v->features >> 32);
	}
}

bool virtio_features(struct virtio *v, uint64_t wanted)
{
	const uint64_t version_1 = 1ull << VIRTIO_F_VERSION_1;
	uint8_t status = get_status(v) | VIRTIO_CONFIG_S_FEATURES_OK;

	/* Without an IOMMU "platform" addresses are physical ones. */
	wanted |= version_1 | 1ull << VIRTIO_F_ACCESS_PLATFORM;
	v->features = offered(v) & wanted;
	accept(v);
	if (!v->modern)
		return true;
	set_status(v, status);
	if (v->features & version_1 &&
	    get_status(v) & VIRTIO_CONFIG_S_FEATURES_OK)
		return true;
	hv_log("virtio %x: it does not agree on features",
	       v->pci.address >> 8);
	return false;
}

uint64_t virtio_config(struct virtio *v, unsigned offset, unsigned len)
{
	uint64_t low, high;

	if (len < 8)
		return window_read(&v->config, offset, len);
	/* Two reads are one value when the high half stayed (4.1.3.1). */
	for (unsigned i = 0; i < 100; i++) {
		high = window_read(&v->config, offset + 4, 4);
		low = window_read(&v->config, offset, 4);
		if (high == window_read(&v->config, offset + 4, 4))
			return high << 32 | low;
	}
	return 0;
}

static void place_modern(struct virtio *v, struct virtio_queue *q)
{
	volatile struct virtio_pci_common_cfg *c = COMMON(v);
	uint64_t desc = va_ma((void *)(uintptr_t)q->desc);
	uint64_t avail = va_ma((void *)(uintptr_t)q->avail);
	uint64_t used = va_ma((void *)(uintptr_t)q->used);

	c->queue_size = (uint16_t)q->size;
	c->queue_desc_lo = (uint32_t)desc;
	c->queue_desc_hi = (uint32_t)(desc >> 32);
	c->queue_avail_lo = (uint32_t)avail;
	c->queue_avail_hi = (uint32_t)(avail >> 32);
	c->queue_used_lo = (uint32_t)used;
	c->queue_used_hi = (uint32_t)(used >> 32);
	c->queue_enable = 1;
}

/* Select queue NUMBER; its size, 0 when there is none. */
static unsigned select_queue(struct virtio *v, unsigned number, unsigned max)
{
	unsigned size;

	if (v->mmio)
		return virtio_mmio_select(v, number, max);
	if (!v->modern) {
		outw(legacy(v, VIRTIO_PCI_QUEUE_SEL), (uint16_t)number);
		return inw(legacy(v, VIRTIO_PCI_QUEUE_NUM));
	}
	COMMON(v)->queue_select = (uint16_t)number;
	size = COMMON(v)->queue_size;
	return size > max ? max : size;
}

/*
 * MSI-X' entry 0 for queue NUMBER, which is selected, and for changes of the
 * configuration (4.1.5.1.2; legacy: 4.1.4.8).
 */
static bool set_vectors(struct virtio *v)
{
	if (v->way != IRQ_MSIX)
		return true;
	if (v->modern) {
		COMMON(v)->msix_config = 0;
		COMMON(v)->queue_msix_vector = 0;
		return !COMMON(v)->msix_config &&
			!COMMON(v)->queue_msix_vector;
	}
	outw(legacy(v, VIRTIO_MSI_CONFIG_VECTOR), 0);
	outw(legacy(v, VIRTIO_MSI_QUEUE_VECTOR), 0);
	return !inw(legacy(v, VIRTIO_MSI_CONFIG_VECTOR)) &&
		!inw(legacy(v, VIRTIO_MSI_QUEUE_VECTOR));
}

bool virtio_queue_open(struct virtio *v, struct virtio_queue *q,
		       unsigned number, unsigned max)
{
	unsigned size = select_queue(v, number, max);
	uint64_t at = VIRTIO_PCI_QUEUE_NOTIFY;

	if (v->mmio)
		at = 0;
	else if (v->modern)
		at = (uint64_t)COMMON(v)->queue_notify_off *
			v->notify_multiplier;
	if (v->notify.len < 2 || at > v->notify.len - 2)
		size = 0;
	q->doorbell = (uint32_t)at;
	q->number = number;
	if (!virtio_queue_init(q, v, size, max) || !set_vectors(v)) {
		hv_log("virtio %x: no queue %u of %u entries",
		       v->pci.address >> 8, number, size);
		return false;
	}
	if (v->mmio)
		virtio_mmio_place(v, q);
	else if (v->modern)
		place_modern(v, q);
	else
		outl(legacy(v, VIRTIO_PCI_QUEUE_PFN),
		     (uint32_t)va_mfn((void *)(uintptr_t)q->desc));
	return true;
}

void virtio_start(struct virtio *v)
{
	set_status(v, get_status(v) | VIRTIO_CONFIG_S_DRIVER_OK);
}

void virtio_doorbell(struct virtio_queue *q)
{
	if (q->v->mmio)
		virtio_mmio_notify(q->v, q->number);
	else
		window_write16(&q->v->notify, q->doorbell,
			       (uint16_t)q->number);
}

unsigned virtio_interrupted(struct virtio *v)
{
	if (v->way == IRQ_MSIX)
		return 3;
	return v->mmio ? virtio_mmio_interrupted(v) :
		window_read(&v->isr, 0, 1);
}

void virtio_kill(struct virtio *v, const char *why)
{
	if (v->dead)
		return;
	v->dead = true;
	hv_log("virtio %x: %s: the device is not used any more",
	       v->pci.address >> 8, why);
	if (!reset(v)) {
		hv_log("virtio %x: it does not reset", v->pci.address >> 8);
		v->stuck = true;
	}
	pci_disable(&v->pci);
}
