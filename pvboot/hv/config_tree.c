/*
 * The flattened format of the Devicetree Specification 0.4, chapter 5: a
 * header, reserved ranges up to one of zeroes, a structure of tokens and the
 * names of its properties.  libfdt's own check takes older versions and reads
 * through a NULL pointer in some of them.
 */
#include "pvboot/hv/config_tree.h"

#include <stdint.h>
#include <string.h>

#define DEPTH_MAX 32u
#define HEADER 40u

enum { BEGIN_NODE = 1, END_NODE, PROP, NOP, END = 9 };

/* A stretch of the blob, read from its start on. */
struct part {
	const uint8_t *p;
	uint32_t size, at;
	bool bad;
};

/* A word of the blob: its numbers are big-endian. */
static uint32_t word(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static uint32_t next(struct part *s)
{
	if (s->size - s->at < 4) {
		s->bad = true;
		return END;
	}
	s->at += 4;
	return word(s->p + s->at - 4);
}

/* LEN bytes, and what aligns the next token. */
static void skip(struct part *s, uint32_t len)
{
	uint32_t left = s->size - s->at;

	if (len > left || (4 - len % 4) % 4 > left - len)
		s->bad = true;
	else
		s->at += len + (4 - len % 4) % 4;
}

/* The length of the string at AT, its NUL with it; 0: it has no end. */
static uint32_t string(const struct part *s, uint32_t at)
{
	const uint8_t *end = at < s->size ?
		memchr(s->p + at, 0, s->size - at) : NULL;

	return end ? (uint32_t)(end - s->p) + 1 - at : 0;
}

static void take_name(struct part *s)
{
	uint32_t len = string(s, s->at);

	if (len)
		skip(s, len);
	else
		s->bad = true;
}

static void take_prop(struct part *s, const struct part *strings)
{
	uint32_t len = next(s), name = next(s);

	s->bad |= !string(strings, name);
	if (!s->bad)
		skip(s, len);
}

/*
 * One root, where libfdt looks for it: first of all.  Properties before nodes,
 * all that begins ends.
 */
static bool check_tokens(struct part *s, const struct part *strings)
{
	bool props_may[DEPTH_MAX + 1] = { false };
	uint32_t depth = 0, roots = 0;

	for (;;) {
		uint32_t token = next(s);

		if (token == BEGIN_NODE) {
			if (depth == DEPTH_MAX || (!depth && roots++))
				return false;
			props_may[depth] = false;
			props_may[++depth] = true;
			take_name(s);
		} else if (token == END_NODE && depth) {
			depth--;
		} else if (token == PROP && depth && props_may[depth]) {
			take_prop(s, strings);
		} else if (token != NOP || !roots) {
			return token == END && !s->bad && !depth && roots;
		}
		if (s->bad)
			return false;
	}
}

static bool inside(struct part *out, const uint8_t *b, uint32_t total,
		   uint32_t off, uint32_t size)
{
	*out = (struct part){ b + off, size, 0, false };
	return off >= HEADER && off <= total && size <= total - off;
}

/* Pairs of 64 bits, up to one of zeroes. */
static bool check_reserved(struct part *s)
{
	for (;;) {
		uint32_t any = next(s) | next(s) | next(s) | next(s);

		if (s->bad || !any)
			return !s->bad;
	}
}

bool config_tree_check(const void *blob, size_t len)
{
	const uint8_t *b = blob;
	struct part tokens, strings, reserved;
	uint32_t total;

	if (len < HEADER)
		return false;
	total = word(b + 4);
	return total >= HEADER && total <= len &&
	       word(b + 20) >= 17 && word(b + 24) <= 17 &&
	       word(b + 8) % 4 == 0 && word(b + 16) % 8 == 0 &&
	       inside(&tokens, b, total, word(b + 8), word(b + 36)) &&
	       inside(&strings, b, total, word(b + 12), word(b + 32)) &&
	       inside(&reserved, b, total, word(b + 16),
		      total - word(b + 16)) &&
	       check_reserved(&reserved) && check_tokens(&tokens, &strings);
}
