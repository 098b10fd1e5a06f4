/*
 * The machine's disks, and modules that serve as one.  Asynchronous: submit()
 * starts a request, done() is called later from the main loop, never from
 * inside submit().  Sectors are 512 bytes whatever the disk's own size is.
 */
#ifndef PVBOOT_HV_DRIVERS_DISK_H
#define PVBOOT_HV_DRIVERS_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/disk/blk.h"

enum { DISK_MAX = 16, DISK_SEGS = 32, DISK_SECTOR = 512 };

enum disk_op { DISK_READ, DISK_WRITE, DISK_FLUSH, DISK_DISCARD };

/* How a request ended. */
enum disk_end {
	DISK_OK,
	DISK_FAILED,
	DISK_LOST,	/* failed, and the device does not stop: it may write
			 * to the segments at any time to come */
};

/* Machine memory, a multiple of 512 bytes long, inside one page. */
struct disk_seg {
	uint64_t ma;
	uint32_t len;
};

struct disk_request {
	enum disk_op op;
	uint64_t sector;
	uint64_t sectors;	/* DISK_DISCARD, which has no segments */
	unsigned n_segs;
	struct disk_seg seg[DISK_SEGS];
	void (*done)(struct disk_request *r, enum disk_end end);
	void *arg;
	struct disk_request *next;	/* the driver's, like this: */
	void *driver;
};

struct disk {
	char name[8];		/* "hd0" */
	uint64_t sectors;	/* of 512 bytes */
	uint32_t sector_size;	/* its own: 512..4096 */
	bool read_only;
	bool flush;		/* has a cache that DISK_FLUSH empties */
	uint64_t discard_max;	/* sectors in one DISK_DISCARD; 0: cannot */
	/*
	 * false: no room now; some request's done() says when to try again.
	 * The caller has checked the range.
	 */
	bool (*submit)(struct disk *d, struct disk_request *r);
	/* Look for finished requests now; for use before interrupts work. */
	void (*poll)(struct disk *d);
	void *priv;
};

/* hd0, hd1, ...: in PCI order (drivers.h), then modules. */
extern struct disk *disk_table[DISK_MAX];
extern unsigned disk_count;

/* Number D as the next disk.  false (logged) when there are too many. */
bool disk_add(struct disk *d);
/* A module in memory as a read-only disk; NULL when there is no memory. */
struct disk *disk_add_ram(uint64_t ma, uint64_t len);
/*
 * D for the partition reader: waits for each request, so only before a guest
 * runs.  NULL when there is no memory.
 */
struct blk *disk_blk(struct disk *d);

#endif
