/* What AHCI and IDE disks have in common (ATA8-ACS).  Pure. */
#ifndef PVBOOT_HV_DRIVERS_ATA_H
#define PVBOOT_HV_DRIVERS_ATA_H

#include "pvboot/hv/drivers/disk.h"

enum {
	ATA_DSM = 0x06, ATA_READ = 0x25, ATA_WRITE = 0x35, ATA_FLUSH = 0xea,
	ATA_IDENTIFY = 0xec,
};
#define ATA_DSM_TRIM	1	/* feature of ATA_DSM */

/* READ or WRITE DMA EXT, FLUSH CACHE EXT, DATA SET MANAGEMENT. */
uint8_t ata_command(enum disk_op op);
/*
 * D as the 256 words of IDENTIFY DEVICE (7.12.7) tell it.  false: no 48-bit
 * addresses, no DMA, or sectors that cannot be.
 */
bool ata_identity(struct disk *d, const uint16_t *id);
/* 512 bytes of ranges (7.10) for the discard R of disk D. */
void ata_ranges(uint64_t *to, const struct disk *d,
		const struct disk_request *r);

#endif
