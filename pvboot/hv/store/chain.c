/*
 * Chunks of 64 bytes, linked into chains that hold values, lists of children,
 * and whatever else must be remembered for the guest.  Relies on nothing; who
 * asks has looked at n_free_chunks.
 */
#include "pvboot/hv/store/chain.h"

#include <string.h>

void chain_init(struct store_pool *p)
{
	memset(p, 0, sizeof(*p));
	for (uint32_t i = STORE_NODES - 1; i > 1; i--) {
		p->node[i].next = p->free_node;
		p->free_node = i;
	}
	for (uint32_t i = STORE_CHUNKS - 1; i > 0; i--) {
		p->chunk[i].next = p->free_chunk;
		p->free_chunk = i;
	}
	p->n_free_nodes = STORE_NODES - 2;
	p->n_free_chunks = STORE_CHUNKS - 1;
}

static uint32_t chunk_get(struct store_pool *p)
{
	uint32_t c = p->free_chunk;

	p->free_chunk = p->chunk[c].next;
	p->n_free_chunks--;
	p->work++;
	memset(&p->chunk[c], 0, sizeof(p->chunk[c]));
	return c;
}

uint32_t chain_new(struct store_pool *p, const void *data, size_t len)
{
	const uint8_t *from = data;
	uint32_t first = 0, *link = &first;

	while (len) {
		size_t n = len < STORE_CHUNK_BYTES ? len : STORE_CHUNK_BYTES;

		*link = chunk_get(p);
		if (from)
			memcpy(p->chunk[*link].byte, from, n);
		from = from ? from + n : NULL;
		len -= n;
		link = &p->chunk[*link].next;
	}
	return first;
}

uint32_t chain_copy(struct store_pool *p, uint32_t chain, size_t len)
{
	uint32_t copy = chain_new(p, NULL, len), to = copy;

	for (; chain; chain = p->chunk[chain].next, to = p->chunk[to].next)
		memcpy(p->chunk[to].byte, p->chunk[chain].byte,
		       STORE_CHUNK_BYTES);
	return copy;
}

void chain_read(struct store_pool *p, uint32_t chain, size_t len,
		void *buf)
{
	uint8_t *to = buf;

	for (; chain && len; chain = p->chunk[chain].next) {
		size_t n = len < STORE_CHUNK_BYTES ? len : STORE_CHUNK_BYTES;

		p->work++;
		memcpy(to, p->chunk[chain].byte, n);
		to += n;
		len -= n;
	}
}

bool chain_equal(struct store_pool *p, uint32_t chain, const void *data,
		 size_t len)
{
	const uint8_t *d = data;

	for (; chain && len; chain = p->chunk[chain].next) {
		size_t n = len < STORE_CHUNK_BYTES ? len : STORE_CHUNK_BYTES;

		p->work += 1 + (uint32_t)n / 16;	/* byte by byte */
		if (memcmp(p->chunk[chain].byte, d, n))
			return false;
		d += n;
		len -= n;
	}
	return !len && !chain;
}

void chain_free(struct store_pool *p, uint32_t chain)
{
	while (chain) {
		uint32_t next = p->chunk[chain].next;

		p->chunk[chain].next = p->free_chunk;
		p->free_chunk = chain;
		p->n_free_chunks++;
		p->work++;
		chain = next;
	}
}
