/*
 * Virtio over PCI (virtio 1.0, section 4.1, and its legacy interface) and in
 * memory (virtio_mmio.h), with split queues (virtio_queue.h).  The device is
 * not trusted more than must be: what it writes into the queue is checked.
 */
#ifndef PVBOOT_HV_DRIVERS_VIRTIO_H
#define PVBOOT_HV_DRIVERS_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/virtio_pci.h>

#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/pci.h"

/* A place in memory or I/O space, and how long it is. */
struct virtio_window {
	volatile uint8_t *mem;	/* NULL: I/O ports from PORT */
	uint16_t port;
	uint32_t len;
};

#define VIRTIO_VENDOR	0x1af4

struct virtio {
	struct pci_dev pci;
	bool modern;
	volatile uint32_t *mmio;	/* virtio_mmio.c: not on PCI */
	struct virtio_window common, notify, isr, config;
	uint32_t notify_multiplier;
	uint64_t features;	/* both sides' */
	enum irq_way way;
	bool dead;		/* it broke the rules: never used again */
	bool stuck;		/* and it did not reset: it may still write */
};

struct virtio_queue;

/* Is P of virtio kind DEVICE (VIRTIO_ID_...)? */
bool virtio_is(const struct pci_dev *p, unsigned device);
/*
 * Find the registers of P, reset it, and have HANDLER called for its
 * interrupts.  false: not usable (logged).
 */
bool virtio_open(struct virtio *v, const struct pci_dev *p,
		 bool (*handler)(void *arg), void *arg);
/* Take those of WANTED that it offers.  false: it does not agree. */
bool virtio_features(struct virtio *v, uint64_t wanted);
/*
 * Place queue NUMBER in memory, from drivers_init() only; at most MAX of its
 * descriptors are used.  false: it has no such queue (logged).
 */
bool virtio_queue_open(struct virtio *v, struct virtio_queue *q,
		       unsigned number, unsigned max);
/* All queues are there: start the device. */
void virtio_start(struct virtio *v);
/* LEN bytes (1, 2, 4 or 8) of device configuration; 0 past its end. */
uint64_t virtio_config(struct virtio *v, unsigned offset, unsigned len);

/*
 * Was it this device that interrupted?  Bit 0: for a queue, bit 1: its
 * configuration has changed (by MSI-X: it may have).  Ends the interrupt.
 */
unsigned virtio_interrupted(struct virtio *v);
/*
 * Stop the device for good.  It touches no memory afterwards, unless it does
 * not even reset: v->stuck.
 */
void virtio_kill(struct virtio *v, const char *why);

#endif
