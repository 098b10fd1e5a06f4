/*
 * What nvme.c and nvme_io.c share with the controller (NVM Express 1.4) and
 * with each other.
 */
#ifndef PVBOOT_HV_DRIVERS_NVME_H
#define PVBOOT_HV_DRIVERS_NVME_H

#include "pvboot/hv/drivers/disk.h"
#include "pvboot/hv/drivers/drivers.h"
#include "pvboot/hv/machine/work.h"

enum { NVME_DEPTH = 64 };	/* entries of each queue: a page at most */

/* Registers (3.1), as 32-bit words. */
enum {
	NVME_CAP = 0, NVME_CAP_HIGH = 1, NVME_INTMS = 3, NVME_INTMC = 4,
	NVME_CC = 5, NVME_CSTS = 7, NVME_AQA = 9, NVME_ASQ = 10,
	NVME_ACQ = 12, NVME_DOORBELLS = 1024,
};

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
	bool given;		/* the controller has had it */
};

struct nvme {
	volatile uint32_t *reg;
	unsigned stride, max_pages, in_flight;
	bool cache, discard;
	bool dead;
	bool stuck;		/* and it does not stop: it may still write */
	bool has_line;		/* which stays up while a completion waits */
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

void nvme_doorbell(struct nvme *n, const struct nvme_queue *q, bool cq,
		   unsigned value);
/* Put C into Q; the caller rings the doorbell. */
void nvme_put(struct nvme_queue *q, const struct nvme_command *c);
/* The next completion; false when there is none. */
bool nvme_get(struct nvme_queue *q, struct nvme_completion *c);
/* It is not used any more: n->dead, and n->stuck when it does not stop. */
void nvme_give_up(struct nvme *n, const char *why);

extern const struct pci_driver nvme_driver;

#endif
