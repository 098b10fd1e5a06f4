/* The devices this hypervisor can drive: one line, one file. */
#include "pvboot/hv/drivers/conf.h"

#include "pvboot/hv/drivers/ahci.h"
#include "pvboot/hv/drivers/e1000.h"
#include "pvboot/hv/drivers/ide.h"
#include "pvboot/hv/drivers/nvme.h"
#include "pvboot/hv/drivers/virtio_blk.h"
#include "pvboot/hv/drivers/virtio_net.h"
#include "pvboot/hv/drivers/virtio_scsi.h"

const struct pci_driver *const conf_drivers[] = {
	&virtio_blk_driver,
	&virtio_scsi_driver,
	&ahci_driver,
	&nvme_driver,
	&ide_driver,
	&virtio_net_driver,
	&e1000_driver,
	NULL,
};
