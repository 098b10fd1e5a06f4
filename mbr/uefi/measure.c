/*
 * Measured boot over EFI_TCG2_PROTOCOL (TCG EFI Protocol Specification 1.0,
 * family 2.0): PCR 8 gets the lines of menu.lst that are run and the command
 * line, PCR 9 settings, kernel and initrd, as events of type EV_IPL.  The
 * event's text says what was measured: docs/uefi.md.
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

#include "loader/abi/tcg2.h"
#include "loader/base/fmt.h"
#include "menu/config/lst.h"

static struct tcg2_protocol *tcg2(void)
{
	static EFI_GUID guid = TCG2_PROTOCOL_GUID;
	struct tcg2_protocol *p = NULL;

	if (uefi_timed(uefi_boot->LocateProtocol(&guid, NULL, (void **)&p)))
		return NULL;
	return p;
}

void uefi_measure(uint32_t pcr, const void *data, uint64_t len,
		  const char *what)
{
	static struct {
		struct tcg2_event head;
		char text[LST_LINE_MAX + 16];
	} __attribute__((packed)) event;
	struct tcg2_protocol *p = tcg2();
	EFI_STATUS status;
	size_t text;
	char line[80];

	if (!p)
		return;
	text = fmt(event.text, sizeof(event.text), "%s", what) + 1;
	event.head = (struct tcg2_event){
		.size = (uint32_t)(sizeof(event.head) + text),
		.header_size = TCG2_EVENT_HEADER_SIZE,
		.header_version = TCG2_EVENT_HEADER_VERSION,
		.pcr = pcr,
		.type = TCG2_EV_IPL,
	};
	status = uefi_timed(p->hash_log_extend_event(p, 0, (uintptr_t)data,
						     len, &event.head));
	/* Volume full: the log is, but the PCR was extended. */
	if (!status || status == EFI_VOLUME_FULL)
		return;
	uefi_write(line, fmt(line, sizeof(line), "PCR %u is not extended: EFI "
			     "error %lu\n", pcr,
			     (uint64_t)status & ~EFI_ERROR_MASK));
}

/* TEXT; the event says KIND and ABOUT. */
static void measure_text(uint32_t pcr, const char *text, const char *kind,
			 const char *about)
{
	char what[LST_LINE_MAX + 16];

	fmt(what, sizeof(what), "%s: %s", kind, about);
	uefi_measure(pcr, text, strlen(text), what);
}

void uefi_measure_line(const char *line)
{
	measure_text(8, line, "menu", line);
}

void uefi_measure_cmdline(const char *cmdline)
{
	measure_text(8, cmdline, "cmdline", cmdline);
}

void uefi_measure_settings(const char *from, const char *text)
{
	measure_text(9, text, "settings", from);
}
