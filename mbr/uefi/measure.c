/*
 * Measured boot over EFI_TCG2_PROTOCOL (TCG EFI Protocol Specification 1.0,
 * family 2.0): PCR 8 gets the command line, PCR 9 kernel and initrd, as
 * event type EV_IPL with what was measured as the event's text.
 */
#include "mbr/uefi/uefi.h"

#include <string.h>

#include "loader/abi/tcg2.h"

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
	struct {
		struct tcg2_event head;
		char text[32];
	} __attribute__((packed)) event;
	struct tcg2_protocol *p = tcg2();
	size_t text = strlen(what) + 1;

	if (!p)
		return;
	if (text > sizeof(event.text))
		text = sizeof(event.text);
	memcpy(event.text, what, text);
	event.head = (struct tcg2_event){
		.size = (uint32_t)(sizeof(event.head) + text),
		.header_size = TCG2_EVENT_HEADER_SIZE,
		.header_version = TCG2_EVENT_HEADER_VERSION,
		.pcr = pcr,
		.type = TCG2_EV_IPL,
	};
	uefi_timed(p->hash_log_extend_event(p, 0, (uintptr_t)data, len,
					    &event.head));
}
