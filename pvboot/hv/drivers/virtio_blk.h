/* Virtio block devices. */
#ifndef PVBOOT_HV_DRIVERS_VIRTIO_BLK_H
#define PVBOOT_HV_DRIVERS_VIRTIO_BLK_H

struct pci_dev;

/* Take P if it is one. */
void virtio_blk_found(const struct pci_dev *p);

#endif
