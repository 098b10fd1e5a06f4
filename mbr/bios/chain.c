/*
 * The last step to a boot sector.  If drives are mapped, drive_map.S stays
 * behind in the last KiB of conventional memory, which is taken from what INT
 * 12h and INT 15h tell.
 */
#include <string.h>

#include "loader/abi/x86.h"
#include "loader/base/err.h"
#include "mbr/bios/bios.h"

#define KIB 1024u
#define BIOS_MEMORY 0x13	/* of the BIOS data area: KiB, a word */
#define HARD_DISK 0x80u

/* In the order of drive_map.S. */
struct resident {
	uint32_t start;			/* its own address */
	uint32_t old13, old15;		/* segment << 16 | offset */
	struct {
		uint8_t from, to;	/* both 0: the end */
	} map[DRIVE_MAPS + 1];
	uint16_t int13, int15;		/* offsets of the handlers */
};
_Static_assert(sizeof(struct resident) == 36, "drive_map.S");

extern const struct resident bios_drive_map;
extern const uint8_t bios_drive_map_end[];

/* A drive that is not there has the number that it would have. */
static uint8_t number(uint32_t disk)
{
	uint8_t drive;

	return bios_drive(disk, &drive) ? drive : (uint8_t)(HARD_DISK + disk);
}

static uint32_t hook(unsigned vector, uint16_t segment, uint16_t offset)
{
	uintptr_t at = vector * 4;
	uint32_t old;
	volatile uint32_t *entry;

	__asm__("" : "+r"(at));		/* not a NULL with an offset */
	entry = (volatile uint32_t *)at;
	old = *entry;
	*entry = (uint32_t)segment << 16 | offset;
	return old;
}

static int stay_behind(const struct chain *c)
{
	volatile uint16_t *kib = (volatile uint16_t *)bios_data(BIOS_MEMORY);
	uint32_t start = (*kib - 1u) * KIB;
	struct resident *r = (struct resident *)(uintptr_t)start;
	uint16_t segment = (uint16_t)(start >> 4);

	if (*kib > 640 || start < BSS_END)
		return fail(ERR_NO_MEMORY, "map: %u KiB of low memory", *kib);
	memcpy(r, &bios_drive_map,
	       (size_t)(bios_drive_map_end - (const uint8_t *)&bios_drive_map));
	r->start = start;
	for (unsigned i = 0; i < c->n_maps; i++) {
		r->map[i].from = number(c->map[i].from);
		r->map[i].to = number(c->map[i].to);
	}
	*kib -= 1;
	r->old13 = hook(0x13, segment, r->int13);
	r->old15 = hook(0x15, segment, r->int15);
	return 0;
}

int bios_chain(const struct handover *ho)
{
	const struct chain *c = ho->extra.chain;
	int err = c->n_maps ? stay_behind(c) : 0;

	if (err)
		return err;
	for (unsigned i = 0; i < ho->n; i++)
		memcpy((void *)(uintptr_t)ho->piece[i].addr, ho->piece[i].mem,
		       ho->piece[i].len);
	bios_go_real16(&(struct bios_jump16){ .entry = (uint32_t)ho->entry,
		.stack = (uint32_t)ho->stack, .edx = number(c->disk),
		.esi = (uint32_t)ho->rsi, .flags = FLAG_FIXED | FLAG_IF });
}
