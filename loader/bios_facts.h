/*
 * What a PC's BIOS says of itself, for kernels that are told it by their
 * loader.
 */
#ifndef LOADER_BIOS_FACTS_H
#define LOADER_BIOS_FACTS_H

#include "loader/abi/multiboot.h"

#define BIOS_DRIVES 24

struct bios_facts {
	unsigned n_drives;
	struct {
		uint8_t number;		/* as INT 13h wants it in DL */
		uint8_t heads, sectors;	/* INT 13h AH=08h; 0: it does not say */
		uint16_t cylinders;
	} drive[BIOS_DRIVES];		/* drive[N] is hdN */
	uint32_t config_table;		/* INT 15h AH=C0h; 0: none */
	struct multiboot_apm apm;	/* version 0: none */
};

#endif
