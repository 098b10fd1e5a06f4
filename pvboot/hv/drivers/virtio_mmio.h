/*
 * Virtio devices in memory (virtio 1.0, section 4.2, and its legacy interface),
 * as virtio.c uses them.
 */
#ifndef PVBOOT_HV_DRIVERS_VIRTIO_MMIO_H
#define PVBOOT_HV_DRIVERS_VIRTIO_MMIO_H

#include "pvboot/hv/drivers/virtio.h"

struct virtio_queue;

/*
 * What is at BASE, as a function of PCI's with its interrupt on LINE.  False:
 * nothing, or nothing that is known.
 */
bool virtio_mmio_find(uint64_t base, unsigned line, struct pci_dev *p);

bool virtio_mmio_open(struct virtio *v);
uint8_t virtio_mmio_status(struct virtio *v);
void virtio_mmio_set_status(struct virtio *v, uint8_t status);
uint64_t virtio_mmio_offered(struct virtio *v);
void virtio_mmio_accept(struct virtio *v);
unsigned virtio_mmio_select(struct virtio *v, unsigned number, unsigned max);
void virtio_mmio_place(struct virtio *v, struct virtio_queue *q);
void virtio_mmio_notify(struct virtio *v, unsigned number);
unsigned virtio_mmio_interrupted(struct virtio *v);

#endif
