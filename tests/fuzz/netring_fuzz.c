/*
 * A hostile network front end: the input is a transmit ring's page, and behind
 * it what its packets hold.  Every packet that passes must be harmless, and its
 * checksum must not be looked for beyond its length.
 */
#include <stdlib.h>
#include <string.h>

#include "pvboot/hv/back/netcsum.h"
#include "pvboot/hv/back/netring.h"

static void check(const struct netring_packet *p, const uint8_t *data,
		  size_t size)
{
	uint32_t sum = 0;
	uint8_t *frame;

	if (p->n > NETRING_PARTS || p->slots > NETRING_ENTRIES)
		abort();
	for (unsigned i = 0; i < p->n; i++) {
		if (p->part[i].offset + p->part[i].size > 4096)
			abort();
		sum += p->part[i].size;
	}
	if (!p->group && (sum != p->size || (sum < 14 && !p->bad)))
		abort();
	if (!p->blank || p->bad || p->size > 1518)
		return;
	frame = calloc(1, p->size + !p->size);
	memcpy(frame, data, size < p->size ? size : p->size);
	netcsum_fill(frame, p->size);
	free(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *page = calloc(1, 4096);
	const size_t head = size < 4096 ? size : 4096;
	struct netring r;
	struct netring_packet p;

	memcpy(page, data, head);
	if (netring_attach(&r, page, true)) {
		for (int i = 0; i < 1000 && netring_packet(&r, &p) > 0; i++) {
			check(&p, data + head, size - head);
			netring_done(&r, &p, NETIF_RSP_OKAY);
		}
		netring_push(&r);
	}
	free(page);
	return 0;
}
