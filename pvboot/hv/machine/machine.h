/*
 * The hypervisor's own machinery: start, memory, interrupts, clock, main loop.
 * What backends need is in hv.h; this is for the files of the core.
 */
#ifndef PVBOOT_HV_MACHINE_MACHINE_H
#define PVBOOT_HV_MACHINE_MACHINE_H

#include "pvboot/hv/hv.h"

#pragma GCC visibility push(hidden)

/* Modules as Multiboot gave them, strings copied. */
struct module {
	uint64_t start, end;	/* machine addresses */
	const char *string;
};

#define MODULES 16

struct boot_info {
	const char *cmdline;
	unsigned n_modules;
	struct module module[MODULES];
};

extern struct boot_info boot_info;

/* A piece of RAM, page-aligned, end exclusive. */
struct ram {
	uint64_t start, end;
};

#define RAM_RANGES 64

/* What is left for guests: neither ours nor a module's. */
extern unsigned n_free_ram;
extern struct ram free_ram[RAM_RANGES];

/* Where firmware keeps ACPI's tables. */
extern unsigned n_acpi_ram;
extern struct ram acpi_ram[RAM_RANGES];

/* boot.S, hv.ld, trap.S */
extern uint64_t boot_l4[512];
extern uint8_t boot_stack[], boot_stack_top[];
extern uint8_t image_start[], image_rodata[], image_data[], image_end[];
extern const uint8_t blob_start[], blob_end[];
extern const uint64_t extable_start[], extable_end[];
extern uint8_t trap_stubs[256][16];
extern uint64_t cpu_regs_top;
extern uint64_t cpu_sysret;
void syscall_entry(void);
void syscall32_entry(void);
void vcpu_enter(struct regs *r);
bool guest_copy(void *to, const void *from, size_t len);
void load_gs(uint16_t sel);
bool msr_read(uint32_t msr, uint64_t *v);
bool msr_write(uint32_t msr, uint64_t v);

/* start.c; called by boot.S */
void start(uint32_t magic, uint32_t info_pa);

/* memory.c: read the Multiboot information, build our own tables. */
void memory_init(uint32_t magic, uint32_t info_pa);
/* Entries 256..271 for every root a guest uses. */
extern uint64_t *hv_l4;
/* Map one page of ours at VA (slot 259) with these PTE flags; 0 unmaps. */
void hv_map(uint64_t va, uint64_t pte);
/* M2P of a domain: allocated, all ~0, and its L3 for slot 256. */
uint64_t *memory_m2p(uint64_t *l4e);
extern uint64_t ram_pages;	/* all usable RAM of the machine */
/* Does the direct map cover machine address MA? */
bool memory_mapped(uint64_t ma);

/* com.c: COM1, or COM2 when N is 1.  com_write turns \n into \r\n. */
void com_init(unsigned n);
void com_write(const char *s, size_t len);
void com_write_raw(const char *s, size_t len);
void com_interrupts(void (*handler)(void *arg), void *arg);
int com_read(void);		/* -1: nothing there */
void com_drain(void);

/* tables.c: our GDT page, IDT, TSS, SYSCALL. */
extern uint8_t gdt_page[4096];
void tables_init(void);
void tables_leave(void);	/* before a guest is entered first */
/* Limit of LDT, in entries; 0: none. */
void tables_set_ldt(unsigned ents);
/* Where the next entry from a guest stores its registers. */
void tables_set_stack(struct regs *r);

/* irq.c: 8259 and local APIC. */
#define VEC_IRQ		0x20
#define VEC_TIMER	0xf0
#define VEC_SPURIOUS	0xff
void irq_init(void);
void irq_dispatch(unsigned vector);
void lapic_timer(uint32_t ticks);	/* one shot; 0 stops */
uint32_t lapic_timer_now(void);

/* time.c */
void time_init(void);
void time_interrupt(void);
void time_fill(vcpu_time_info_t *t);
uint64_t time_wallclock(void);	/* seconds since 1970 when time_now() was 0 */
extern uint64_t tsc_khz;

/* run.c */
void run(struct vcpu *v) __attribute__((noreturn));
void trap_inside_c(struct regs *r);

/* power.c */
void power_init(void);
void power_off(void) __attribute__((noreturn));
void power_reset(void) __attribute__((noreturn));
void power_crash(void) __attribute__((noreturn));

#pragma GCC visibility pop

#endif
