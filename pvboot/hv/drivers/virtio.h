/*
 * Virtio over PCI (virtio 1.0, section 4.1, and its legacy interface), with
 * one split queue a device.  The device is not trusted more than it must be:
 * what it writes into the queue is checked.
 */
#ifndef PVBOOT_HV_DRIVERS_VIRTIO_H
#define PVBOOT_HV_DRIVERS_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/virtio_pci.h>

#include "pvboot/hv/machine/pci.h"

enum { VIRTIO_QUEUE_MAX = 1024 };

/* A place in memory or I/O space, and how long it is. */
struct virtio_window {
	volatile uint8_t *mem;	/* NULL: I/O ports from PORT */
	uint16_t port;
	uint32_t len;
};

struct virtio_desc {
	uint64_t ma;
	uint32_t len;
	bool device_writes;
};

struct virtio {
	struct pci_dev pci;
	bool modern;
	struct virtio_window common, notify, isr, config;
	uint32_t notify_multiplier;
	uint32_t doorbell;	/* offset in NOTIFY */
	uint64_t features;	/* both sides' */

	/* The queue. */
	unsigned size, n_free;
	uint16_t free, last_used, in_flight;
	volatile struct vring_desc *desc;
	volatile struct vring_avail *avail;
	volatile struct vring_used *used;
	struct virtio_link {
		uint16_t next;
		bool head;	/* of a chain that the device has */
	} *link;		/* by descriptor: ours, not the device's */
	bool dead;		/* it broke the rules: reset, never used again */
};

/* Find the registers of P and reset it.  false: not usable (logged). */
bool virtio_open(struct virtio *v, const struct pci_dev *p);
/* Take those of WANTED that it offers.  false: it does not agree. */
bool virtio_features(struct virtio *v, uint64_t wanted);
/* Set up queue 0 and start the device. */
bool virtio_start(struct virtio *v);
/* LEN bytes (1, 2, 4 or 8) of device configuration; 0 past its end. */
uint64_t virtio_config(struct virtio *v, unsigned offset, unsigned len);

/* Tell the device of the queue: a register of it. */
void virtio_doorbell(struct virtio *v);
/* Was it this device that interrupted?  Ends the interrupt. */
bool virtio_interrupted(struct virtio *v);
/* Stop the device for good: it touches no memory afterwards. */
void virtio_kill(struct virtio *v, const char *why);

#endif
