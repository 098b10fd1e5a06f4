/*
 * GO_PROT32: the code that turns long mode off must be where 32 bits reach and
 * be mapped to itself, as all is under UEFI (2.10, section 2.3.4).
 */
#include "mbr/uefi/prot32.h"

#include <stddef.h>
#include <string.h>

#define PAGE 4096

extern const uint8_t prot32_code[], prot32_code_end[];

/* The page; prot32_code.S pops from the registers on. */
struct prot32 {
	struct {
		uint32_t eax, ebx, esi, edi, ebp, entry, esp;
	} regs;
	struct {
		uint16_t pad[2], limit;
		uint64_t base;
	} __attribute__((packed)) gdtr;
	uint64_t gdt[4];
	uint8_t code[256];
};

_Static_assert(sizeof(struct prot32) < PAGE / 2, "the rest is a stack");

void prot32_jump(void *page, const struct handover *ho)
{
	struct prot32 *p = page;
	uint64_t stack = ho->stack ? ho->stack : (uintptr_t)page + PAGE;

	*p = (struct prot32){
		.regs = { (uint32_t)ho->rax, (uint32_t)ho->rbx,
			  (uint32_t)ho->rsi, (uint32_t)ho->rdi,
			  (uint32_t)ho->rbp, (uint32_t)ho->entry,
			  (uint32_t)stack },
		.gdtr = { .limit = sizeof(p->gdt) - 1,
			  .base = (uintptr_t)p->gdt },
		.gdt = { 0, 0, 0x00cf9a000000ffff, /* 0x10: 32-bit code */
			 0x00cf92000000ffff },	/* 0x18: data */
	};
	memcpy(p->code, prot32_code, (size_t)(prot32_code_end - prot32_code));
	__asm__ volatile("cli\n\t"
		     "lgdt %0\n\t"
		     "pushq $0x10\n\t"
		     "pushq %1\n\t"
		     "lretq"
		     :
		     : "m"(p->gdtr.limit), "r"(p->code), "D"(&p->regs)
		     : "memory");
	__builtin_unreachable();
}
