/*
 * Untrusted bytes.  A read out of range gives 0 and sets 'bad', so a parser
 * reads all it needs and asks once at the end.  Little-endian, as all the
 * formats here are.
 */
#ifndef LOADER_BASE_SPAN_H
#define LOADER_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *p;
	size_t len;
	bool bad;
};

static inline struct span span_of(const void *p, size_t len)
{
	return (struct span){ p, len, false };
}

/* LEN bytes at OFF, or NULL (and bad). */
static inline const uint8_t *span_at(struct span *s, uint64_t off, size_t len)
{
	if (len > s->len || off > s->len - len) {
		s->bad = true;
		return NULL;
	}
	return s->p + off;
}

/* A part as a span of its own; empty and bad when out of range. */
static inline struct span span_sub(struct span *s, uint64_t off, size_t len)
{
	const uint8_t *p = span_at(s, off, len);

	return (struct span){ p, p ? len : 0, !p };
}

static inline uint64_t span_le(struct span *s, uint64_t off, size_t bytes)
{
	const uint8_t *p = span_at(s, off, bytes);
	uint64_t v = 0;

	while (p && bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static inline uint8_t span_u8(struct span *s, uint64_t off)
{
	return (uint8_t)span_le(s, off, 1);
}

static inline uint16_t span_u16(struct span *s, uint64_t off)
{
	return (uint16_t)span_le(s, off, 2);
}

static inline uint32_t span_u32(struct span *s, uint64_t off)
{
	return (uint32_t)span_le(s, off, 4);
}

static inline uint64_t span_u64(struct span *s, uint64_t off)
{
	return span_le(s, off, 8);
}

#endif
