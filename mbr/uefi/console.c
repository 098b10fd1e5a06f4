/*
 * ConIn, ConOut, time.  A firmware whose ConOut leaves the serial port out is
 * given our text there as well, because that is where headless machines are
 * watched.
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

#include "loader/base/ansi.h"
#include "loader/base/err.h"
#include "menu/utf8.h"

static SERIAL_IO_INTERFACE *serial; /* NULL: ConOut has it, or none */

/* Whether some instance of the device path in variable ConOut is a UART. */
static bool conout_has_serial(void)
{
	static EFI_GUID global = EFI_GLOBAL_VARIABLE;
	uint8_t path[1024];
	UINTN len = sizeof(path);

	if (uefi_timed(uefi_system->RuntimeServices->GetVariable(
		    L"ConOut", &global, NULL, &len, path)))
		return false;
	for (UINTN at = 0; at + sizeof(EFI_DEVICE_PATH) <= len;) {
		EFI_DEVICE_PATH *node = (EFI_DEVICE_PATH *)(path + at);

		if (DevicePathType(node) == MESSAGING_DEVICE_PATH &&
		    DevicePathSubType(node) == MSG_UART_DP)
			return true;
		if (DevicePathNodeLength(node) < (int)sizeof(*node))
			return false;
		at += (UINTN)DevicePathNodeLength(node);
	}
	return false;
}

void uefi_console_start(void)
{
	static EFI_GUID serial_guid = SERIAL_IO_PROTOCOL;

	if (!conout_has_serial())
		uefi_timed(uefi_boot->LocateProtocol(&serial_guid, NULL,
						     (void **)&serial));
}

/* The firmware's ports have no numbers: units are in the order it has them. */
int uefi_set_serial(const struct serial_line *s)
{
	static EFI_GUID guid = SERIAL_IO_PROTOCOL;
	EFI_STOP_BITS_TYPE stop = s->stop == 2 ? TwoStopBits : OneStopBit;
	EFI_PARITY_TYPE parity = s->parity ? s->parity == 1 ? OddParity :
				 EvenParity : NoParity;
	SERIAL_IO_INTERFACE *io = NULL;
	EFI_HANDLE *port = NULL;
	UINTN n = 0;

	if (s->port)
		return fail(ERR_DEVICE_VALUE, "serial: by --unit under UEFI");
	if (!uefi_timed(uefi_boot->LocateHandleBuffer(ByProtocol, &guid, NULL,
						      &n, &port)) &&
	    s->unit < n)
		uefi_timed(uefi_boot->HandleProtocol(port[s->unit], &guid,
						     (void **)&io));
	if (port)
		uefi_timed(uefi_boot->FreePool(port));
	if (!io || uefi_timed(io->SetAttributes(io, s->speed, 0, 0, parity,
						(UINT8)s->word, stop)))
		return fail(ERR_DEVICE_INIT, "serial: unit %u", s->unit);
	if (serial)
		serial = io;
	return 0;
}

#define COLUMNS 80		/* of the mode that all consoles have */

struct chunk {
	CHAR16 text[82];
	size_t n;
};

static void show(struct chunk *c)
{
	c->text[c->n] = 0;
	if (c->n)
		uefi_timed(uefi_system->ConOut->OutputString(
			uefi_system->ConOut, c->text));
	c->n = 0;
}

/* Blanks to the end of the line; the cursor stays. */
static void erase_line(SIMPLE_TEXT_OUTPUT_INTERFACE *out, struct chunk *c)
{
	UINTN column = (UINTN)out->Mode->CursorColumn;
	UINTN row = (UINTN)out->Mode->CursorRow;

	while (column + c->n + 1 < COLUMNS)
		c->text[c->n++] = ' ';
	show(c);
	uefi_timed(out->SetCursorPosition(out, column, row));
}

/* ConOut has calls for what a terminal has control sequences for. */
static void control(enum ansi_op op, const struct ansi *a, struct chunk *c)
{
	SIMPLE_TEXT_OUTPUT_INTERFACE *out = uefi_system->ConOut;

	show(c);
	if (op == ANSI_MOVE)
		uefi_timed(out->SetCursorPosition(out, a->column, a->row));
	else if (op == ANSI_CLEAR)
		uefi_timed(out->ClearScreen(out));
	else if (op == ANSI_ERASE)
		erase_line(out, c);
	else
		uefi_timed(out->SetAttribute(out, a->color & 0x7f));
}

/* ConOut takes UCS-2; bytes that are not UTF-8 are shown as Latin-1. */
static CHAR16 character(const char *s, size_t len, size_t *used)
{
	char bytes[5] = "";
	uint32_t c;

	memcpy(bytes, s, len < 4 ? len : 4);
	*used = utf8_length(bytes);
	c = *used ? utf8_decode(bytes, *used) : (uint8_t)*s;
	*used += !*used;
	return c < 0x10000 ? (CHAR16)c : '?';
}

static void write_console(const char *s, size_t len)
{
	static struct ansi ansi = { .color = ANSI_GREY };
	struct chunk c = { .n = 0 };
	size_t used;

	for (; len; s += used, len -= used) {
		enum ansi_op op = ansi_take(&ansi, *s);

		used = 1;
		if (op > ANSI_PUT)
			control(op, &ansi, &c);
		if (op != ANSI_PUT)
			continue;
		if (*s == '\n')
			c.text[c.n++] = '\r';
		c.text[c.n++] = character(s, len, &used);
		if (c.n >= 76)
			show(&c);
	}
	show(&c);
}

static void write_serial(const char *s, size_t len)
{
	while (len) {
		char bytes[82];
		UINTN n = 0;

		for (; len && n < 76; s++, len--) {
			if (*s == '\n')
				bytes[n++] = '\r';
			bytes[n++] = *s;
		}
		uefi_timed(serial->Write(serial, &n, bytes));
	}
}

void uefi_write(const char *s, size_t len)
{
	if (uefi_system->ConOut)
		write_console(s, len);
	if (serial)
		write_serial(s, len);
}

/* UEFI 2.10, table 12.2: scan codes. */
static int scan_key(uint16_t scan)
{
	switch (scan) {
	case SCAN_UP:
		return KEY_UP;
	case SCAN_DOWN:
		return KEY_DOWN;
	case SCAN_HOME:
		return KEY_HOME;
	case SCAN_END:
		return KEY_END;
	case SCAN_F10:
		return KEY_F10;
	case SCAN_ESC:
		return 27;
	case SCAN_DELETE:	/* a serial terminal's Backspace key */
		return '\b';
	}
	return KEY_NONE;
}

int uefi_key(void)
{
	EFI_INPUT_KEY key;

	if (!uefi_system->ConIn ||
	    uefi_system->ConIn->ReadKeyStroke(uefi_system->ConIn, &key))
		return KEY_NONE;
	if (key.ScanCode)
		return scan_key(key.ScanCode);
	if (key.UnicodeChar > 0x7e)
		return KEY_NONE;
	return key.UnicodeChar == '\r' ? '\n' : key.UnicodeChar;
}

void uefi_idle(void)
{
	uefi_timed(uefi_boot->Stall(10000));
}

uint64_t uefi_clock_ms(void)
{
	static uint64_t per_ms;

	if (!per_ms) {
		uint64_t begun = uefi_tsc();

		uefi_timed(uefi_boot->Stall(10000));
		per_ms = (uefi_tsc() - begun) / 10 | 1;
	}
	return uefi_tsc() / per_ms;
}
