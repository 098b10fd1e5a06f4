/*
 * ConIn, ConOut, time.  A firmware whose ConOut leaves the serial port out is
 * given our text there as well, because that is where headless machines are
 * watched.
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

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

static void put(CHAR16 *text, char *bytes, size_t len)
{
	UINTN n = len;

	if (uefi_system->ConOut)
		uefi_timed(uefi_system->ConOut->OutputString(
			uefi_system->ConOut, text));
	if (serial)
		uefi_timed(serial->Write(serial, &n, bytes));
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

void uefi_write(const char *s, size_t len)
{
	while (len) {
		CHAR16 text[82];
		char bytes[82];
		size_t n = 0, chars = 0, used;

		for (; len && n < 76; s += used, len -= used) {
			if (*s == '\n')
				text[chars++] = (uint8_t)(bytes[n++] = '\r');
			text[chars++] = character(s, len, &used);
			memcpy(bytes + n, s, used);
			n += used;
		}
		text[chars] = 0;
		put(text, bytes, n);
	}
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
