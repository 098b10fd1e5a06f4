/* What nvme.c shares with the controller (NVM Express 1.4), and keeps. */
#ifndef PVBOOT_HV_DRIVERS_NVME_H
#define PVBOOT_HV_DRIVERS_NVME_H

#include "pvboot/hv/drivers/disk.h"
#include "pvboot/hv/machine/work.h"

enum { NVME_DEPTH = 64 };	/* entries of each queue: a page at most */

/* 4.2 */
struct nvme_command {
	uint8_t op, flags;
	uint16_t id;
	uint32_t ns;
	uint64_t reserved, metadata, prp[2];
	uint32_t dw[6];		/* 10 to 15 */
};

/* 4.6 */
struct nvme_completion {
	uint32_t result, reserved;
	uint16_t sq_head, sq_id, id, status;	/* bit 0: phase */
};

struct nvme_queue {
	unsigned id, tail, head, phase;
	struct nvme_command *sq;
	struct nvme_completion *cq;
};

struct nvme_slot {
	struct disk_request *request;	/* NULL: free */
	bool bad;		/* another command of it has failed */
};

struct nvme {
	volatile uint32_t *reg;
	unsigned stride, max_pages, in_flight;
	bool cache, dead;
	struct work work;
	struct nvme_queue admin, io;
	struct nvme_slot slot[NVME_DEPTH];	/* by command identifier */
	/* Lists of pages; none crosses a page. */
	uint64_t prp[NVME_DEPTH][DISK_SEGS] __attribute__((aligned(256)));
};

struct nvme_disk {
	struct disk disk;
	struct nvme *nvme;
	uint32_t ns;
};

_Static_assert(sizeof(struct nvme_command) == 64, "4.2");
_Static_assert(sizeof(struct nvme_completion) == 16, "4.6");

struct pci_dev;

/* Take P if it is one. */
void nvme_found(const struct pci_dev *p);

#endif
