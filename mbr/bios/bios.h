/*
 * mbr/bios's own: real-mode calls, memory, disks, consoles, the last step.
 * All of it runs with interrupts off, on one processor.
 */
#ifndef MBR_BIOS_BIOS_H
#define MBR_BIOS_BIOS_H

#include <stddef.h>
#include <stdint.h>

#include "loader/platform.h"
#include "mbr/bios/layout.h"

/* Registers of a firmware call, in the order of POPAL, POPW DS, POPW ES. */
struct bios_regs {
	uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
	uint16_t ds, es;
	uint32_t flags;		/* out only */
};
_Static_assert(sizeof(struct bios_regs) == 40, "REGS_SIZE in real.S");
#define BIOS_CARRY 1u
#define BIOS_ZERO 0x40u

/* real.S: run a two-byte instruction in real mode with interrupts on. */
void bios_real(uint16_t op, struct bios_regs *regs);

static inline void bios_int(uint8_t vector, struct bios_regs *regs)
{
	bios_real((uint16_t)(0xcd | vector << 8), regs);
}

/* A low address as real mode wants it. */
static inline uint16_t bios_seg(const void *p)
{
	return (uint16_t)((uintptr_t)p >> 4);
}

static inline uint16_t bios_off(const void *p)
{
	return (uintptr_t)p & 15;
}

static inline void bios_out(uint16_t port, uint8_t v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline uint8_t bios_in(uint16_t port)
{
	uint8_t v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

/* The BIOS data area, at segment 0x40 (offsets as Ralf Brown lists them). */
static inline volatile uint8_t *bios_data(unsigned off)
{
	uintptr_t at = 0x400 + off;

	__asm__("" : "+r"(at));	/* not a NULL with an offset */
	return (volatile uint8_t *)at;
}

extern uint8_t bios_boot_disk;	/* start.S: DL */
extern uint16_t bios_boot_list;	/* start.S: address of stage 2's extents */
extern uint64_t bios_fw_tsc;	/* real.S: ticks not spent in our code */
extern const struct kernel_format *const bios_formats[];	/* conf.c */
extern const struct kernel_format *const bios_pv_formats[];

/* memory.c: fill MAP from the firmware, take ARENA from its top. */
int bios_memory(struct memmap *map, struct arena *arena);
/* Let the SECOND_ROOM bytes at SECOND_ADDR be those at PHYS. */
void bios_map_second(uint64_t phys);

/*
 * second.c: what the second part of stage 2 does, loaded when first asked for.
 * struct platform's unpack() and update_memmap().
 */
int bios_unpack(const struct platform *p, const char *path, struct file *f,
		struct file *out);
/* hash_file(), in the second part. */
int bios_open_hv(const struct platform *p, struct file *out);
int bios_hash(const struct platform *p, struct file *f, uint8_t *digest);
/* struct platform's extra(), the same. */
const struct menu_extra *bios_extra(const struct platform *p);
int bios_update_memmap(struct memmap *m);

/* disk.c: every disk with EDD, the boot disk first.  ERR_NO_MEMORY. */
int bios_disks(struct arena *a, struct blk ***disks, unsigned *n);
/* The BIOS's number of hdN; false: there is no such disk. */
bool bios_drive(unsigned n, uint8_t *number);

/* second.c: struct platform's; facts.c: the same from the second part. */
const struct bios_facts *bios_facts(void);
const struct bios_facts *bios_facts_ask(void);

/* second.c: the same; vbe.c: from the second part, and go()'s. */
int bios_picture(struct picture *p);
int bios_vbe_picture(struct picture *p);
int bios_vbe_set(uint32_t mode);

/* console.c, keyboard.c: struct platform's. */
void bios_console(void);
extern uint16_t bios_serial;		/* the serial console's port */
extern struct bios_consoles {
	unsigned there, used;		/* CONSOLE_* */
} bios_consoles;
int bios_use_consoles(unsigned consoles);
int bios_set_serial(const struct serial_line *s);
void bios_write(const char *s, size_t len);
int bios_key(void);
struct screen_info;
void bios_screen_info(struct screen_info *info);

/* go.c: struct platform's; MAP is what bios_memory() filled. */
void bios_go_init(const struct memmap *map);
int bios_go(struct handover *ho);
/* chain.c, in the second part: bios_go() of a boot sector. */
int bios_chain(const struct handover *ho);

/* What the last jump loads, in the order of real.S's pops. */
struct bios_jump64 {
	uint64_t rax, rbx, rsi, rdi, rbp, entry, stack;
};
struct bios_jump32 {
	uint32_t eax, ebx, esi, edi, ebp, entry, stack;
};
struct bios_jump16 {
	uint32_t entry, stack;	/* segment << 16 | offset */
	uint32_t edx, esi, flags;
};
_Static_assert(sizeof(struct bios_jump16) == 20, "JUMP16_SIZE in real.S");
_Noreturn void bios_go_long64(const struct bios_jump64 *j);
_Noreturn void bios_go_prot32(const struct bios_jump32 *j);
_Noreturn void bios_go_real16(const struct bios_jump16 *j);

#endif
