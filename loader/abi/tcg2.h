/*
 * TCG EFI Protocol Specification, family 2.0, level 00 revision 00.13:
 * section 6, what a loader needs to measure with.
 */
#ifndef LOADER_ABI_TCG2_H
#define LOADER_ABI_TCG2_H

#include <stddef.h>
#include <stdint.h>

#define TCG2_PROTOCOL_GUID { 0x607f766c, 0x7455, 0x42be, \
	{ 0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f } }

#define TCG2_EVENT_HEADER_SIZE 14u
#define TCG2_EVENT_HEADER_VERSION 1
#define TCG2_EV_IPL 13u

struct tcg2_event {
	uint32_t size;		/* of all, the event's data too */
	uint32_t header_size;	/* TCG2_EVENT_HEADER_SIZE */
	uint16_t header_version;
	uint32_t pcr;
	uint32_t type;
} __attribute__((packed));
_Static_assert(sizeof(struct tcg2_event) == 4 + TCG2_EVENT_HEADER_SIZE, "");
_Static_assert(offsetof(struct tcg2_event, pcr) == 10, "");

struct tcg2_protocol {
	void *get_capability;
	void *get_event_log;
	uint64_t (__attribute__((ms_abi)) *hash_log_extend_event)(
		struct tcg2_protocol *this, uint64_t flags, uint64_t data,
		uint64_t data_len, const struct tcg2_event *event);
};

#endif
