/* An NVMe namespace's struct disk, and its controller's interrupt. */
#ifndef PVBOOT_HV_DRIVERS_NVME_IO_H
#define PVBOOT_HV_DRIVERS_NVME_IO_H

#include "pvboot/hv/drivers/nvme.h"

bool nvme_io_submit(struct disk *disk, struct disk_request *r);
void nvme_io_poll(struct disk *disk);
void nvme_io_run(struct work *w);
bool nvme_io_interrupt(void *arg);

#endif
