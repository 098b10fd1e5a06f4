/* COM1 at 115200 8N1 (16550), without interrupts. */
#include "kernelgen/probe/io.h"
#include "kernelgen/probe/probe.h"

#define COM1 0x3f8
#define LSR_EMPTY 0x20

void serial_init(void)
{
	outb(COM1 + 1, 0);
	outb(COM1 + 3, 0x80);
	outb(COM1, 1);
	outb(COM1 + 1, 0);
	outb(COM1 + 3, 3);
	outb(COM1 + 2, 7);
	outb(COM1 + 4, 3);
}

void serial_write(const char *s, size_t len)
{
	while (len--) {
		/* Bounded: the port may not exist, or never become empty. */
		for (unsigned i = 0; i < 1000000; i++)
			if (inb(COM1 + 5) & LSR_EMPTY)
				break;
		outb(COM1, (uint8_t)*s++);
	}
}
