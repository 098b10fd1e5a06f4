/* The two 8259s (8259A data sheet), the second one on line 2 of the first. */
#include "pvboot/hv/machine/interrupt/pic.h"

#include <stdint.h>

#include "pvboot/hv/machine/cpu.h"

#define PIC1		0x20
#define PIC2		0xa0
#define PIC_EOI		0x20
#define PIC_READ_ISR	0x0b

static uint16_t mask = 0xfffb;

static void set_mask(uint16_t m)
{
	outb(PIC1 + 1, (uint8_t)m);
	outb(PIC2 + 1, (uint8_t)(m >> 8));
}

static bool holds(uint16_t m)
{
	set_mask(m);
	return inb(PIC1 + 1) == (m & 0xff) && inb(PIC2 + 1) == m >> 8;
}

bool pic_init(unsigned vector)
{
	bool there;

	outb(PIC1, 0x11);
	outb(PIC2, 0x11);
	outb(PIC1 + 1, (uint8_t)vector);
	outb(PIC2 + 1, (uint8_t)(vector + 8));
	outb(PIC1 + 1, 4);
	outb(PIC2 + 1, 2);
	outb(PIC1 + 1, 1);
	outb(PIC2 + 1, 1);
	there = holds(0x5aff) && holds(0xffa5);
	set_mask(mask);
	return there;
}

void pic_mask(unsigned line, bool masked)
{
	mask &= (uint16_t)~(1 << line);
	mask |= (uint16_t)(masked << line);
	set_mask(mask);
}

/* Lines 7 and 15 are what they say when the one that was has gone. */
bool pic_spurious(unsigned line)
{
	uint16_t port = line < 8 ? PIC1 : PIC2;

	if (line != 7 && line != 15)
		return false;
	outb(port, PIC_READ_ISR);
	if (inb(port) & 0x80)
		return false;
	if (line == 15)
		outb(PIC1, PIC_EOI);
	return true;
}

void pic_eoi(unsigned line)
{
	if (line >= 8)
		outb(PIC2, PIC_EOI);
	outb(PIC1, PIC_EOI);
}
