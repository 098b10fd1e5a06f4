/*
 * Directory entries.  A long name lies in entries before the one that it
 * belongs to, last part first; a checksum of the short name ties them
 * together.  Names are compared without regard to the case of ASCII letters.
 */
#include "loader/fs/fat.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/span.h"

#define ENTRY 32u
#define ATTR_VOLUME 0x08
#define ATTR_DIR 0x10
#define ATTR_LONG 0x0f		/* of 0x3f */
#define LONG_UNITS 13u		/* UTF-16 units in one entry */
#define LONG_PARTS 20u
#define LAST_PART 0x40

struct long_name {
	uint16_t unit[LONG_PARTS * LONG_UNITS];
	unsigned parts;		/* 0: none is being collected */
	unsigned missing;	/* parts still to come */
	uint8_t sum;
};

static void collect(struct long_name *l, const uint8_t *e)
{
	static const uint8_t at[LONG_UNITS] = { 1, 3, 5, 7, 9, 14, 16, 18, 20,
						22, 24, 28, 30 };
	unsigned part = e[0] & ~LAST_PART;

	if (e[0] & LAST_PART) {
		l->parts = l->missing = part <= LONG_PARTS ? part : 0;
		l->sum = e[13];
	}
	if (!part || part != l->missing || e[13] != l->sum) {
		l->parts = 0;
		return;
	}
	l->missing--;
	for (unsigned i = 0; i < LONG_UNITS; i++)
		l->unit[(part - 1) * LONG_UNITS + i] =
			(uint16_t)(e[at[i]] | e[at[i] + 1] << 8);
}

static uint8_t checksum(const uint8_t *short_name)
{
	uint8_t sum = 0;

	for (unsigned i = 0; i < 11; i++)
		sum = (uint8_t)((sum >> 1 | sum << 7) + short_name[i]);
	return sum;
}

static size_t put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Half of a surrogate pair, and what a path cannot hold, become U+FFFD. */
static void long_to_utf8(const struct long_name *l, char *to)
{
	unsigned n = l->parts * LONG_UNITS;

	if (n > 255)
		n = 255;
	for (unsigned i = 0; i < n && l->unit[i]; i++) {
		uint32_t c = l->unit[i];
		uint32_t low = i + 1 < n ? l->unit[i + 1] : 0;

		if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 &&
		    low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i++;
		} else if ((c >= 0xd800 && c < 0xe000) || c == '/') {
			c = 0xfffd;
		}
		to += put_utf8(to, c);
	}
	*to = 0;
}

/* LEN bytes padded with blanks; what is no ASCII is in a code page unknown. */
static char *put_short(char *to, const uint8_t *from, size_t len, bool lower)
{
	while (len && from[len - 1] == ' ')
		len--;
	for (size_t i = 0; i < len; i++) {
		char c = from[i] < 0x80 && from[i] >= ' ' && from[i] != '/' ?
			 (char)from[i] : '_';

		*to++ = lower && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	*to = 0;
	return to;
}

static void short_name(const uint8_t *e, char *to)
{
	/*
	 * Byte 12: Windows NT's "all of it is lower case" for base and suffix.
	 */
	to = put_short(to, e, 8, e[12] & 0x08);
	if (e[8] == ' ' && e[9] == ' ' && e[10] == ' ')
		return;
	*to++ = '.';
	put_short(to, e + 8, 3, e[12] & 0x10);
}

static void decode(const struct fat *fat, const struct long_name *l,
		   const uint8_t *raw, struct fat_entry *out)
{
	struct span s = span_of(raw, ENTRY);

	short_name(raw, out->short_name);
	out->name[0] = 0;
	if (l->parts && !l->missing && l->sum == checksum(raw))
		long_to_utf8(l, out->name);
	if (!out->name[0])
		strcpy(out->name, out->short_name);
	out->first = span_u16(&s, 26);
	if (fat->bits == 32)
		out->first |= (uint32_t)span_u16(&s, 20) << 16;
	out->size = span_u32(&s, 28);
	out->is_dir = raw[11] & ATTR_DIR;
}

/* One raw entry; *last when it is the directory's end mark. */
static int take(const struct fat *fat, struct long_name *l, const uint8_t *raw,
		bool *last, fat_dir_fn *each, void *ctx)
{
	struct fat_entry entry;
	int err = 0;

	*last = raw[0] == 0;
	if (*last)
		return 0;
	if (raw[0] != 0xe5 && (raw[11] & 0x3f) == ATTR_LONG) {
		collect(l, raw);
		return 0;
	}
	if (raw[0] != 0xe5 && raw[0] != '.' && !(raw[11] & ATTR_VOLUME)) {
		decode(fat, l, raw, &entry);
		err = entry.name[0] ? each(ctx, &entry) : 0;
	}
	l->parts = 0;
	return err;
}

int fat_dir_walk(struct fat *fat, struct fat_file *dir, fat_dir_fn *each,
		 void *ctx)
{
	struct long_name l = { .parts = 0 };
	uint8_t buf[512]; /* a multiple of ENTRY, no more than a cluster */

	for (uint64_t off = 0;; off += sizeof(buf)) {
		struct extent run;
		bool end = false;
		int err = fat_map_run(fat, dir, off, &run, &end);

		if (err || end)
			return err;
		err = blk_pread(fat->fs->blk, run.disk, sizeof(buf), buf);
		for (size_t at = 0; !err && !end && at < sizeof(buf);
		     at += ENTRY)
			err = take(fat, &l, buf + at, &end, each, ctx);
		if (err || end)
			return err;
	}
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_name(const char *a, const char *b, size_t b_len)
{
	for (size_t i = 0; i < b_len; i++)
		if (!a[i] || lower(a[i]) != lower(b[i]))
			return false;
	return !a[b_len];
}

struct wanted {
	const char *name;
	size_t len;
	struct fat_entry *out;
};

static int match(void *ctx, const struct fat_entry *e)
{
	struct wanted *w = ctx;

	if (!same_name(e->name, w->name, w->len) &&
	    !same_name(e->short_name, w->name, w->len))
		return 0;
	*w->out = *e;
	return 1;
}

int fat_dir_lookup(struct fat *fat, struct fat_file *dir, const char *name,
		   size_t len, struct fat_entry *out, bool *found)
{
	struct wanted w = { name, len, out };
	int err = fat_dir_walk(fat, dir, match, &w);

	*found = err == 1;
	return err < 0 ? err : 0;
}
