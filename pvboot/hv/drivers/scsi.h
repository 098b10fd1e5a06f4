/* SCSI logical units as disks (SPC-4, SBC-3, MMC-6).  Pure. */
#ifndef PVBOOT_HV_DRIVERS_SCSI_H
#define PVBOOT_HV_DRIVERS_SCSI_H

#include "pvboot/hv/drivers/disk.h"

enum { SCSI_CDB = 16, SCSI_UNMAP = 24, SCSI_LUNS = 64 };

/* Carries commands that read LEN bytes into DATA, one page of them at most. */
struct scsi_carrier {
	/* false: refused, failed, or nobody is there */
	bool (*read)(struct scsi_carrier *c, const uint8_t cdb[SCSI_CDB],
		     void *data, uint32_t len);
};

/*
 * REPORT LUNS, which has them in no order: their numbers into LUN, rising, each
 * once; how many, at most SCSI_LUNS.
 */
unsigned scsi_luns(struct scsi_carrier *c, uint16_t *lun);
enum scsi_unit {
	SCSI_NONE,	/* nothing there, or neither disk nor CD-ROM */
	SCSI_EMPTY,	/* no medium, or one that we cannot use */
	SCSI_DISK,
};
/* What the logical unit behind C is. */
enum scsi_unit scsi_identify(struct scsi_carrier *c, struct disk *d);
/* The command for R, a request to D. */
void scsi_cdb(uint8_t cdb[SCSI_CDB], const struct disk *d,
	      const struct disk_request *r);
/* The parameter list of a discard's UNMAP. */
void scsi_unmap(uint8_t list[SCSI_UNMAP], const struct disk *d,
		const struct disk_request *r);
/* Is STATUS with SENSE a passing state, so that the command is tried again? */
bool scsi_again(uint8_t status, const uint8_t *sense, uint32_t len);

#endif
