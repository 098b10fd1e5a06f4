/*
 * The Internet checksum of TCP and UDP (RFC 793, 768, 1071, 8200 section 8.1)
 * in a frame that is a guest's: every length in it is checked against what
 * there is.
 */
#include "pvboot/hv/back/netcsum.h"

#include <string.h>

enum { ETHERNET = 14, TAG = 4, TCP = 6, UDP = 17 };
enum { TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd, TYPE_TAG = 0x8100 };

/* What is summed up: the payload of IP, and its pseudo header. */
struct payload {
	uint8_t *p;
	uint32_t len;
	uint8_t protocol;
	const uint8_t *addresses;
	unsigned address_bytes;		/* both */
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* In the order of bytes that memory has: the sum is the same, swapped. */
static uint64_t add(uint64_t sum, const uint8_t *p, uint32_t len)
{
	uint64_t four = 0;

	for (; len >= 4; len -= 4, p += 4) {
		uint32_t v;

		memcpy(&v, p, 4);
		four += v;
	}
	sum += four;
	for (; len >= 2; len -= 2, p += 2) {
		uint16_t v;

		memcpy(&v, p, 2);
		sum += v;
	}
	return len ? sum + *p : sum;
}

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static bool find_ipv4(uint8_t *ip, uint32_t len, struct payload *f)
{
	uint32_t header, total;

	if (len < 20)
		return false;
	header = (ip[0] & 15) * 4u;
	total = get16(ip + 2);
	/* No part of a fragmented packet: what is summed must be all there. */
	if (ip[0] >> 4 != 4 || header < 20 || total < header || total > len ||
	    get16(ip + 6) & 0x3fff)
		return false;
	*f = (struct payload){ ip + header, total - header, ip[9], ip + 12, 8 };
	return true;
}

static bool find_ipv6(uint8_t *ip, uint32_t len, struct payload *f)
{
	if (len < 40 || ip[0] >> 4 != 6 || get16(ip + 4) > len - 40)
		return false;
	*f = (struct payload){ ip + 40, get16(ip + 4), ip[6], ip + 8, 32 };
	return true;
}

static bool find(uint8_t *frame, uint32_t len, struct payload *f)
{
	uint32_t at = ETHERNET;
	uint16_t type;

	if (len < at)
		return false;
	type = get16(frame + at - 2);
	if (type == TYPE_TAG) {
		at += TAG;
		if (len < at)
			return false;
		type = get16(frame + at - 2);
	}
	if (type == TYPE_IPV4)
		return find_ipv4(frame + at, len - at, f);
	return type == TYPE_IPV6 && find_ipv6(frame + at, len - at, f);
}

bool netcsum_fill(uint8_t *frame, uint32_t len)
{
	struct payload f;
	uint8_t pseudo[4];
	uint16_t sum;
	unsigned at;

	if (!find(frame, len, &f) ||
	    (f.protocol != TCP && f.protocol != UDP))
		return false;
	at = f.protocol == TCP ? 16 : 6;
	if (f.len < at + 2)
		return false;
	memset(f.p + at, 0, 2);
	pseudo[0] = 0;
	pseudo[1] = f.protocol;
	pseudo[2] = (uint8_t)(f.len >> 8);
	pseudo[3] = (uint8_t)f.len;
	sum = fold(add(add(add(0, pseudo, 4), f.addresses, f.address_bytes),
		       f.p, f.len));
	if (!sum && f.protocol == UDP)
		sum = 0xffff;
	memcpy(f.p + at, &sum, 2);
	return true;
}
