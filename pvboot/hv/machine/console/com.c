/*
 * The machine's console: a 16550 at COM1 or COM2, 115200 8N1.  Writing waits
 * for the transmitter (bounded: there may be no UART), reading is by interrupt.
 */
#include "pvboot/hv/machine/console/com.h"

#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/interrupt/irq.h"

#define COM_DATA	((uint16_t)(base + 0))
#define COM_IER		((uint16_t)(base + 1))
#define COM_FCR		((uint16_t)(base + 2))
#define COM_LCR		((uint16_t)(base + 3))
#define COM_MCR		((uint16_t)(base + 4))
#define COM_LSR		((uint16_t)(base + 5))
#define LSR_READY	0x01
#define LSR_THRE	0x20

static uint16_t base;
static bool present;
static unsigned room;	/* bytes the FIFO takes without asking again */
static void (*told)(void *arg);

void com_init(unsigned n)
{
	base = n ? 0x2f8 : 0x3f8;
	room = 0;
	outb(COM_IER, 0);
	outb(COM_LCR, 0x80);
	outb(COM_DATA, 1);	/* divisor 1: 115200 */
	outb(COM_IER, 0);
	outb(COM_LCR, 0x03);
	outb(COM_FCR, 0x07);
	outb(COM_MCR, 0x0b);	/* DTR, RTS, OUT2: interrupts pass */
	present = inb(COM_LSR) != 0xff;
}

bool com_present(void)
{
	return present;
}

static void com_byte(uint8_t c)
{
	unsigned i;

	if (!room) {
		for (i = 0; i < 100000 && !(inb(COM_LSR) & LSR_THRE); i++)
			;
		room = 16;
	}
	room--;
	outb(COM_DATA, c);
}

void com_write_raw(const char *s, size_t len)
{
	for (; present && len; s++, len--)
		com_byte((uint8_t)*s);
}

static bool interrupt(void *arg)
{
	if (!(inb(COM_LSR) & LSR_READY))
		return false;
	told(arg);
	return true;
}

/* Tell by HANDLER of bytes that have come. */
void com_interrupts(void (*handler)(void *arg), void *arg)
{
	told = handler;
	irq_register(base == 0x3f8 ? 4 : 3, IRQ_ISA, interrupt, arg);
	outb(COM_IER, 1);
}

void com_write(const char *s, size_t len)
{
	for (; present && len; s++, len--) {
		if (*s == '\n')
			com_byte('\r');
		com_byte((uint8_t)*s);
	}
}

/* Until the last byte is on the line. */
void com_drain(void)
{
	unsigned i;

	for (i = 0; i < 100000 && !(inb(COM_LSR) & 0x40); i++)
		;
}

int com_read(void)
{
	if (!present || !(inb(COM_LSR) & LSR_READY))
		return -1;
	return inb(COM_DATA);
}
