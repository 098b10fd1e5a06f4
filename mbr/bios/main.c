/*
 * Stage 2 in C: the machine as a struct platform, then the menu.
 */
#include <string.h>

#include "loader/base/err.h"
#include "loader/paths.h"
#include "mbr/bios/bios.h"
#include "menu/main.h"

/* In the order of trap.S's pushes and the processor's. */
struct bios_trap_frame {
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

struct gate {
	uint16_t low, selector, type, middle;
	uint32_t high, reserved;
};

extern struct gate bios_idt[32];
extern const uint8_t bios_trap_stubs[32][16];
extern const uint8_t bios_idt_ptr[10];
struct gate bios_idt[32];

_Noreturn void bios_trap(const struct bios_trap_frame *f);
_Noreturn void bios_main(void);

static void idle(void)
{
	struct bios_regs r = { 0 };

	bios_real(0x90f4, &r);		/* HLT: the timer's tick ends it */
}

/* Ticks of 65536/1193182 s; the count starts again at midnight. */
static uint64_t clock_ms(void)
{
	static uint32_t last;
	static uint64_t days;
	uint32_t now = *(volatile uint32_t *)bios_data(0x6c);

	if (now < last)
		days += 0x1800b0;
	last = now;
	return (days + now) * 65536000 / 1193182;
}

static uint64_t firmware_tsc(void)
{
	return bios_fw_tsc;
}

static _Noreturn void halt(void)
{
	for (;;)
		idle();
}

static void reboot(void)
{
	*(volatile uint16_t *)bios_data(0x72) = 0;	/* a cold start */
	bios_out(0xcf9, 6);		/* the chipset's reset, */
	bios_out(0x64, 0xfe);		/* the keyboard controller's */
	halt();
}

void bios_trap(const struct bios_trap_frame *f)
{
	uint64_t cr2;

	__asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
	say(&(struct platform){ .write = bios_write },
	    "Twinboot: exception %lu, error 0x%lx, rip 0x%lx, rsp 0x%lx, "
	    "cr2 0x%lx\n", f->vector, f->error, f->rip, f->rsp, cr2);
	for (;;)
		__asm__ volatile("hlt");
}

static void traps(void)
{
	for (unsigned i = 0; i < 32; i++) {
		uintptr_t at = (uintptr_t)bios_trap_stubs[i];

		bios_idt[i] = (struct gate){ .low = (uint16_t)at,
			.selector = SEL_CODE, .type = 0x8e00,
			.middle = (uint16_t)(at >> 16) };
	}
	__asm__ volatile("lidt %0" : : "m"(bios_idt_ptr));
}

/* The boot block has left the TSC of its first instruction, and of its INTs. */
static void count_from_start(struct platform *p)
{
	const volatile uint64_t *block = (void *)(uintptr_t)BLOCK_FW_TSC;

	bios_fw_tsc += block[0];
	p->start_tsc = block[1];
}

void bios_main(void)
{
	static struct memmap map;
	static struct arena arena;
	static struct platform p = {
		.name = PATH_BIOS_NAME, .arena = &arena,
		.formats = bios_formats, .pv_formats = bios_pv_formats,
		.modes = PATHS_BIOS_MODES,
		.boot_part = -1, .memmap = &map,
		.update_memmap = bios_update_memmap, .unpack = bios_unpack,
		.hash = bios_hash, .open_hv = bios_open_hv, .extra = bios_extra,
		.bios_facts = bios_facts, .picture = bios_picture,
		.write = bios_write, .key = bios_key, .idle = idle,
		.use_consoles = bios_use_consoles,
		.set_serial = bios_set_serial,
		.clock_ms = clock_ms, .firmware_tsc = firmware_tsc,
		.go = bios_go, .reboot = reboot, .halt = halt,
	};

	traps();
	count_from_start(&p);
	bios_console();
	bios_go_init(&map);
	if (!bios_memory(&map, &arena) &&
	    !bios_disks(&arena, &p.disk, &p.n_disks))
		menu_main(&p, NULL);
	say(&p, "%s\n", err_text());
	halt();
}
