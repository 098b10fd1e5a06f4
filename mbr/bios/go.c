/*
 * The last step: put the pieces into memory, then leave by the jump of the
 * kernel's mode.  Jump code, page tables and stack are in MEM_LOADER memory,
 * where no piece is let in.
 */
#include <asm/bootparam.h>
#include <string.h>

#include "loader/abi/x86.h"
#include "loader/base/err.h"
#include "loader/kernel/linux/linux_params.h"
#include "mbr/bios/bios.h"
#include "mbr/bios/second.h"

static const struct memmap *memmap;

void bios_go_init(const struct memmap *map)
{
	memmap = map;
}

/* Free memory is mapped to itself, so its address is its pointer. */
static void *free_memory(void *ctx, uint64_t addr, uint64_t size)
{
	for (unsigned i = 0; i < memmap->n; i++) {
		const struct memrange *r = &memmap->r[i];

		if (r->type == MEM_RAM && addr >= r->start && addr < r->end &&
		    size <= r->end - addr)
			return (void *)addr;
	}
	fail(ERR_NO_MEMORY, "0x%lx bytes at 0x%lx are not free memory", size,
	     addr);
	return NULL;
}

/* Nobody but us can tell Linux of the screen: its setup code does not run. */
static void add_screen(const struct handover *ho)
{
	for (unsigned i = 0; i < ho->n; i++)
		if (ho->piece[i].role == PIECE_BOOT_PARAMS)
			bios_screen_info((void *)ho->piece[i].addr);
}

/* Where the kernel wants none, ours stays: it is free for the taking. */
static uint64_t stack(const struct handover *ho)
{
	return ho->stack ? ho->stack : (uintptr_t)__builtin_frame_address(0);
}

static _Noreturn void go_long64(const struct handover *ho)
{
	bios_go_long64(&(struct bios_jump64){ .rax = ho->rax, .rbx = ho->rbx,
		.rsi = ho->rsi, .rdi = ho->rdi, .rbp = ho->rbp,
		.entry = ho->entry, .stack = stack(ho) });
}

static _Noreturn void go_prot32(const struct handover *ho)
{
	bios_go_prot32(&(struct bios_jump32){ .eax = (uint32_t)ho->rax,
		.ebx = (uint32_t)ho->rbx, .esi = (uint32_t)ho->rsi,
		.edi = (uint32_t)ho->rdi, .ebp = (uint32_t)ho->rbp,
		.entry = (uint32_t)ho->entry, .stack = (uint32_t)stack(ho) });
}

static _Noreturn void go_real16(const struct handover *ho)
{
	bios_go_real16(&(struct bios_jump16){ .entry = (uint32_t)ho->entry,
		.stack = (uint32_t)ho->stack, .flags = FLAG_FIXED });
}

static int go_chain(const struct handover *ho)
{
	const struct bios_second *second;
	int err = bios_second_load(ho->from->platform, &second);

	return err ? err : second->chain(ho);
}

/* From here on our text screen shows nothing. */
static int set_mode(const struct handover *ho)
{
	const struct bios_second *second;
	int err = bios_second_load(ho->from->platform, &second);

	return err ? err : second->set_mode(ho->video_mode);
}

int bios_go(struct handover *ho)
{
	int err;

	if (ho->mode == GO_REAL16 && ho->extra.chain)
		return go_chain(ho);
	err = handover_load(ho, free_memory, NULL);
	if (err)
		return err;
	add_screen(ho);
	if (ho->video_mode && (err = set_mode(ho)))
		return err;
	switch (ho->mode) {
	case GO_REAL16:
		go_real16(ho);
	case GO_PROT32:
		go_prot32(ho);
	default:
		go_long64(ho);
	}
}
