/* Parts of cpu.elf. */
#ifndef TESTS_HV_CPU_CPU_H
#define TESTS_HV_CPU_CPU_H

#include <stdbool.h>
#include <stdint.h>

/* The exception that ends FN(ARG) in kernel or in user mode; 0: none does. */
unsigned cpu_kernel(void (*fn)(void *), void *arg);
unsigned cpu_user(void (*fn)(void *), void *arg);
/* The same with these selectors and flags on the way to user mode. */
extern uint64_t cpu_user_cs, cpu_user_ss, cpu_user_flags;

/* CPUID by the forced emulation. */
void cpu_id(uint32_t leaf, uint32_t sub, uint32_t r[4]);
/* As the processor itself answers. */
void cpu_id_plain(uint32_t leaf, uint32_t sub, uint32_t r[4]);

void cpu_registers(void);	/* cpu_registers.c: CR, DR, MSR, XCR0 */
void cpu_ports(void);		/* cpu_ports.c: IOPL, bitmap, INS and OUTS */

/* Instructions for those two, with their operand. */
void cpu_in(void *port);
void cpu_cli(void *unused);

#endif
