/*
 * The keyboard controller (Intel 8042, as in IBM's PS/2 reference): port 0x60
 * data, 0x64 status and commands.  All waiting has an end.
 */
#include "pvboot/hv/machine/console/keyboard.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pvboot/hv/machine/console/scancode.h"
#include "pvboot/hv/machine/cpu.h"
#include "pvboot/hv/machine/interrupt/irq.h"

#define DATA		0x60
#define CONTROL		0x64
#define OUTPUT_FULL	0x01	/* a byte for us */
#define INPUT_FULL	0x02	/* it has not taken ours */
#define FROM_MOUSE	0x20
#define READ_MODE	0x20
#define WRITE_MODE	0x60
#define KEYBOARD_ON	0xae
#define MODE_IRQ	0x01
#define MODE_OFF	0x10
#define MODE_SET_1	0x40	/* translate to scan code set 1 */
#define SCAN		0xf4	/* to the keyboard itself */

static char queue[64];
static unsigned put, taken;
static void (*told)(void *arg);

static bool send(uint16_t port, uint8_t byte)
{
	for (unsigned i = 0; i < 100000 && inb(CONTROL) & INPUT_FULL; i++)
		;
	outb(port, byte);
	return !(inb(CONTROL) & INPUT_FULL);
}

/* -1: nothing came. */
static int receive(void)
{
	for (unsigned i = 0; i < 100000; i++)
		if (inb(CONTROL) & OUTPUT_FULL)
			return inb(DATA);
	return -1;
}

static void drop_old(void)
{
	for (unsigned i = 0; i < 32 && inb(CONTROL) & OUTPUT_FULL; i++)
		inb(DATA);
}

/* False: there is no controller. */
static bool init(void)
{
	int mode;

	if (inb(CONTROL) == 0xff)
		return false;
	drop_old();
	send(CONTROL, READ_MODE);
	mode = receive();
	if (mode < 0)
		return false;
	send(CONTROL, WRITE_MODE);
	send(DATA, (uint8_t)((mode | MODE_IRQ | MODE_SET_1) & ~MODE_OFF));
	send(CONTROL, KEYBOARD_ON);
	send(DATA, SCAN);
	receive();
	return true;
}

static void type(const char *text)
{
	for (; *text && put - taken < sizeof(queue); text++)
		queue[put++ % sizeof(queue)] = *text;
}

static bool interrupt(void *arg)
{
	static struct scancode state;
	uint8_t status;
	unsigned i;

	for (i = 0; i < 32; i++) {
		status = inb(CONTROL);
		if (!(status & OUTPUT_FULL))
			break;
		if (status & FROM_MOUSE)
			inb(DATA);
		else
			type(scancode_text(&state, inb(DATA)));
	}
	if (put != taken)
		told(arg);
	return i > 0;
}

void keyboard_interrupts(void (*handler)(void *arg), void *arg)
{
	if (!init())
		return;
	told = handler;
	irq_register(1, IRQ_ISA, interrupt, arg);
}

int keyboard_read(void)
{
	return put == taken ? -1 : (uint8_t)queue[taken++ % sizeof(queue)];
}
