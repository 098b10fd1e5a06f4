/*
 * What ahci.c shares with the controller (Serial ATA AHCI 1.3.1), and keeps.
 */
#ifndef PVBOOT_HV_DRIVERS_AHCI_H
#define PVBOOT_HV_DRIVERS_AHCI_H

#include "pvboot/hv/drivers/disk.h"
#include "pvboot/hv/drivers/drivers.h"
#include "pvboot/hv/machine/work.h"

#define CLASS_AHCI	0x010601

/* Controller registers, in 32-bit words (3.1). */
enum { CAP = 0, GHC = 1, IS = 2, PI = 3 };
#define CAP_S64A	0x80000000u
#define GHC_IE		0x00000002u
#define GHC_AE		0x80000000u

/* A port's registers, in words (3.3). */
enum {
	PX_CLB = 0, PX_CLBU, PX_FB, PX_FBU, PX_IS, PX_IE, PX_CMD,
	PX_TFD = 8, PX_SIG, PX_SSTS, PX_SERR = 12, PX_SACT, PX_CI,
	PX_WORDS = 32, PX_FIRST = 64,
};
#define CMD_ST		0x0001u
#define CMD_FRE		0x0010u
#define CMD_FR		0x4000u
#define CMD_CR		0x8000u
#define PX_IS_FATAL	0x78000000u	/* TFES, HBFS, HBDS, IFS */
#define PX_IS_DHRS	0x00000001u
#define SIG_DISK	0x00000101u

enum { AHCI_SLOTS = 32 };

struct ahci_prd {
	uint64_t address;
	uint32_t reserved;
	uint32_t bytes;		/* less one */
};

/* 4.2.3, padded so that none crosses a page */
struct ahci_table {
	uint8_t fis[64], atapi[64];
	struct ahci_prd prd[DISK_SEGS];
	uint8_t pad[1024 - 128 - DISK_SEGS * 16];
};

/* 4.2.2 */
struct ahci_header {
	uint32_t flags, done;
	uint64_t table;
	uint32_t reserved[4];
};
#define HEADER_FIS_WORDS	5u
#define HEADER_WRITE		0x40u
#define HEADER_PRDS(n)		((n) << 16)

struct ahci_port {
	struct disk disk;
	struct work work;
	volatile uint32_t *reg;
	struct ahci_header *header;
	struct ahci_table *table;
	struct disk_request *request[AHCI_SLOTS];
	uint64_t *ranges;	/* of discards: 512 bytes a slot */
	uint32_t parked;	/* slots held back until others are done */
	uint32_t lost;		/* the port does not stop: what it still has */
	unsigned slots;
	bool dead;
};

struct ahci {
	volatile uint32_t *reg;
	unsigned n_ports;
	struct ahci_port *port[32];
};

_Static_assert(sizeof(struct ahci_header) == 32, "4.2.2");
_Static_assert(sizeof(struct ahci_table) == 1024, "none crosses a page");

extern const struct pci_driver ahci_driver;

#endif
