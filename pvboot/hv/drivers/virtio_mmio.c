/*
 * The registers of a virtio device in memory: words, the device's configuration
 * behind them.  Version 1 is the legacy interface.
 */
#include "pvboot/hv/drivers/virtio_mmio.h"

#include <linux/virtio_mmio.h>

#include "pvboot/hv/drivers/virtio_queue.h"
#include "pvboot/hv/machine/layout.h"
#include "pvboot/hv/machine/memory.h"

#define MAGIC		0x74726976	/* "virt" */
#define SIZE		0x200
#define REG(v, offset)	((v)->mmio[(offset) / 4])

bool virtio_mmio_find(uint64_t base, unsigned line, struct pci_dev *p)
{
	volatile uint32_t *at = memory_mmio(base, SIZE);
	uint32_t id = at[VIRTIO_MMIO_DEVICE_ID / 4];

	*p = (struct pci_dev){ .vendor = VIRTIO_VENDOR, .mmio = base,
		.device = (uint16_t)(0x1040 + id), .line = line };
	return at[VIRTIO_MMIO_MAGIC_VALUE / 4] == MAGIC && id && id < 0x40;
}

bool virtio_mmio_open(struct virtio *v)
{
	v->mmio = memory_mmio(v->pci.mmio, SIZE);
	v->config = (struct virtio_window){
		.mem = (volatile uint8_t *)v->mmio + VIRTIO_MMIO_CONFIG,
		.len = SIZE - VIRTIO_MMIO_CONFIG };
	v->notify = (struct virtio_window){ .len = 4 };
	v->modern = REG(v, VIRTIO_MMIO_VERSION) == 2;
	return v->modern || REG(v, VIRTIO_MMIO_VERSION) == 1;
}

uint8_t virtio_mmio_status(struct virtio *v)
{
	return (uint8_t)REG(v, VIRTIO_MMIO_STATUS);
}

void virtio_mmio_set_status(struct virtio *v, uint8_t status)
{
	REG(v, VIRTIO_MMIO_STATUS) = status;
}

uint64_t virtio_mmio_offered(struct virtio *v)
{
	uint64_t high = 0;

	if (v->modern) {
		REG(v, VIRTIO_MMIO_DEVICE_FEATURES_SEL) = 1;
		high = REG(v, VIRTIO_MMIO_DEVICE_FEATURES);
	}
	REG(v, VIRTIO_MMIO_DEVICE_FEATURES_SEL) = 0;
	return high << 32 | REG(v, VIRTIO_MMIO_DEVICE_FEATURES);
}

void virtio_mmio_accept(struct virtio *v)
{
	REG(v, VIRTIO_MMIO_DRIVER_FEATURES_SEL) = 0;
	REG(v, VIRTIO_MMIO_DRIVER_FEATURES) = (uint32_t)v->features;
	if (!v->modern) {
		REG(v, VIRTIO_MMIO_GUEST_PAGE_SIZE) = PAGE_SIZE;
		return;
	}
	REG(v, VIRTIO_MMIO_DRIVER_FEATURES_SEL) = 1;
	REG(v, VIRTIO_MMIO_DRIVER_FEATURES) = (uint32_t)(v->features >> 32);
}

unsigned virtio_mmio_select(struct virtio *v, unsigned number, unsigned max)
{
	unsigned size;

	REG(v, VIRTIO_MMIO_QUEUE_SEL) = number;
	size = REG(v, VIRTIO_MMIO_QUEUE_NUM_MAX);
	return size < max ? size : max;
}

static void set_address(struct virtio *v, unsigned offset, volatile void *p)
{
	uint64_t ma = va_ma((void *)(uintptr_t)p);

	REG(v, offset) = (uint32_t)ma;
	REG(v, offset + 4) = (uint32_t)(ma >> 32);
}

void virtio_mmio_place(struct virtio *v, struct virtio_queue *q)
{
	REG(v, VIRTIO_MMIO_QUEUE_NUM) = q->size;
	if (!v->modern) {
		REG(v, VIRTIO_MMIO_QUEUE_ALIGN) = PAGE_SIZE;
		REG(v, VIRTIO_MMIO_QUEUE_PFN) =
			(uint32_t)va_mfn((void *)(uintptr_t)q->desc);
		return;
	}
	set_address(v, VIRTIO_MMIO_QUEUE_DESC_LOW, q->desc);
	set_address(v, VIRTIO_MMIO_QUEUE_AVAIL_LOW, q->avail);
	set_address(v, VIRTIO_MMIO_QUEUE_USED_LOW, q->used);
	REG(v, VIRTIO_MMIO_QUEUE_READY) = 1;
}

void virtio_mmio_notify(struct virtio *v, unsigned number)
{
	REG(v, VIRTIO_MMIO_QUEUE_NOTIFY) = number;
}

unsigned virtio_mmio_interrupted(struct virtio *v)
{
	uint32_t why = REG(v, VIRTIO_MMIO_INTERRUPT_STATUS);

	REG(v, VIRTIO_MMIO_INTERRUPT_ACK) = why;
	return why;
}
