/* The head of stage 2's second part. */
#include "loader/paths.h"
#include "mbr/bios/bios.h"
#include "mbr/bios/second.h"

extern const struct bios_second bios_second_table;
const struct bios_second bios_second_table
	__attribute__((section(".second.head"), used)) = {
	.formats = paths_bios,
	.facts = bios_facts_ask,
	.unpack_size = unpack_size,
	.gunzip = unpack_gunzip,
	.hash = hash_file,
	.extra = &extra_all,
	.chain = bios_chain,
	.picture = bios_vbe_picture,
	.set_mode = bios_vbe_set,
	.open_hv = bios_hv_open,
};
