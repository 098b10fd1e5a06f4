/*
 * Pieces in the order of the disk: partitions, and what lies between them.  A
 * table may say anything: pieces are cut to the disk and to each other.  Every
 * piece gets one column at least, so that a small one is seen.
 */
#include "tools/host/disk/map.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/text.h"

#define PIECES 512		/* more are not drawn */
#define TEXT_WIDTH (PIECES + 200u)	/* columns at most */
#define SVG_WIDTH 960u
#define SVG_LINE 18u

struct piece {
	uint64_t at, size;	/* bytes */
	const json_t *part;	/* NULL: nothing is there */
	const json_t *fs;	/* NULL: nothing that is known */
	unsigned from, width;	/* as drawn */
};

struct map {
	struct piece piece[PIECES];
	size_t n;
	uint64_t size;
};

static uint64_t number(const json_t *j, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(j, key));

	return n > 0 ? (uint64_t)n : 0;
}

static const char *text(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

static int by_place(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->size < y->size ? -1 : x->size > y->size;
}

static void add(struct map *m, uint64_t at, uint64_t size, const json_t *part,
		const json_t *fs)
{
	if (m->n < PIECES && size)
		m->piece[m->n++] = (struct piece){
			at, size, part, json_is_object(fs) ? fs : NULL, 0, 0 };
}

/* Without overlaps and with what lies between. */
static void fill(struct map *m)
{
	struct map *all = calloc(1, sizeof(*all));
	uint64_t end = 0;

	if (!all)
		abort();
	all->size = m->size;
	for (size_t i = 0; i < m->n; i++) {
		struct piece p = m->piece[i];

		if (p.at < end) {
			uint64_t cut = end - p.at;

			p.at = end;
			p.size = p.size > cut ? p.size - cut : 0;
		}
		if (p.at >= m->size)
			continue;
		if (p.size > m->size - p.at)
			p.size = m->size - p.at;
		add(all, end, p.at - end, NULL, NULL);
		add(all, p.at, p.size, p.part, p.fs);
		end = p.at + p.size;
	}
	add(all, end, m->size - end, NULL, NULL);
	*m = *all;
	free(all);
}

static void collect(struct map *m, const json_t *disk)
{
	uint64_t sector = number(disk, "sector");
	const json_t *part;
	size_t i;

	m->n = 0;
	m->size = number(disk, "size");
	json_array_foreach(json_object_get(disk, "partitions"), i, part) {
		uint64_t first = number(part, "first");

		if (m->n < PIECES / 2 - 1 && sector &&
		    first < m->size / sector)
			add(m, first * sector, number(part, "size"), part,
			    json_object_get(part, "fs"));
	}
	qsort(m->piece, m->n, sizeof(m->piece[0]), by_place);
	if (json_is_object(json_object_get(disk, "fs")))
		add(m, 0, m->size, disk, json_object_get(disk, "fs"));
	fill(m);
}

/* One column each, and the rest by their sizes. */
static void scale(struct map *m, unsigned width)
{
	unsigned at = 0, left = width > m->n ? width - (unsigned)m->n : 0;
	double before = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct piece *p = &m->piece[i];
		double after = before + (double)p->size;
		unsigned from = (unsigned)(before / (double)m->size * left);
		unsigned to = (unsigned)(after / (double)m->size * left);

		p->from = at;
		p->width = 1 + to - from;
		at += p->width;
		before = after;
	}
}

/* How much of a piece W wide is in use; W when nobody knows. */
static unsigned used(const struct piece *p, unsigned w)
{
	uint64_t bytes = number(p->fs, "bytes"), room = number(p->fs, "free");

	if (!p->fs || !bytes || !json_object_get(p->fs, "free") ||
	    room > bytes)
		return w;
	return (unsigned)((double)(bytes - room) / (double)bytes * w + 0.5);
}

/* Each above its piece, unless the one before is in its way. */
static void put_numbers(const struct map *m, FILE *out)
{
	char line[TEXT_WIDTH + 16];
	unsigned end = 0;

	memset(line, ' ', sizeof(line));
	for (size_t i = 0; i < m->n; i++) {
		const struct piece *p = &m->piece[i];
		char name[16];
		int len = snprintf(name, sizeof(name), "%lu",
				   number(p->part, "number"));

		if (!number(p->part, "number") || p->from < end || len > 3)
			continue;
		memcpy(line + p->from, name, (size_t)len);
		end = p->from + (unsigned)len + 1;
	}
	fprintf(out, "%.*s\n", end ? (int)end - 1 : 0, line);
}

void map_text(const json_t *disk, unsigned width, FILE *out)
{
	struct map *m = calloc(1, sizeof(*m));

	if (!m)
		abort();
	collect(m, disk);
	if (m->n > 1 || (m->n && m->piece[0].part)) {
		scale(m, width > TEXT_WIDTH ? TEXT_WIDTH : width);
		put_numbers(m, out);
		for (size_t i = 0; i < m->n; i++) {
			const struct piece *p = &m->piece[i];
			unsigned full = used(p, p->width);

			for (unsigned c = 0; c < p->width; c++)
				putc(!p->part ? '.' : !p->fs ? '=' :
				     c < full ? '#' : '-', out);
		}
		fputs("\n(. no partition, = nothing known, # used, - free)\n",
		      out);
	}
	free(m);
}

/* ---- SVG ---- */

/* S in an element: no byte of it is markup. */
static void put_xml(const char *s, FILE *out)
{
	char *plain = text_plain(s);

	for (const char *p = plain; *p; p++)
		if (*p == '&' || *p == '<' || *p == '>')
			fprintf(out, "&#%d;", *p);
		else
			putc(*p, out);
	free(plain);
}

/* "1 ext4 root, 2.0 GiB, 1.1 GiB free" */
static void put_legend(const struct piece *p, FILE *out)
{
	if (number(p->part, "number"))
		fprintf(out, "%lu ", number(p->part, "number"));
	put_xml(p->fs ? text(p->fs, "type") : text(p->part, "type"), out);
	putc(' ', out);
	put_xml(p->fs && text(p->fs, "label")[0] ? text(p->fs, "label") :
		text(p->part, "label"), out);
	fputs(", ", out);
	text_put_size(p->size, out);
	if (json_object_get(p->fs, "free")) {
		fputs(", ", out);
		text_put_size(number(p->fs, "free"), out);
		fputs(" free", out);
	}
}

static void put_piece(const struct piece *p, FILE *out)
{
	unsigned full = used(p, p->width);

	fprintf(out, "<g><title>");
	put_legend(p, out);
	fprintf(out, "</title><rect x=\"%u\" y=\"24\" width=\"%u\" "
		"height=\"40\" fill=\"%s\" stroke=\"#333\"/>", p->from,
		p->width, p->fs ? "#dce8f4" : "#eee");
	if (p->fs && full)
		fprintf(out, "<rect x=\"%u\" y=\"24\" width=\"%u\" "
			"height=\"40\" fill=\"#4878a8\"/>", p->from, full);
	if (number(p->part, "number"))
		fprintf(out, "<text x=\"%u\" y=\"18\">%lu</text>", p->from,
			number(p->part, "number"));
	fputs("</g>\n", out);
}

void map_svg(const json_t *disk, FILE *out)
{
	struct map *m = calloc(1, sizeof(*m));
	unsigned y = 64 + SVG_LINE, n = 0;

	if (!m)
		abort();
	collect(m, disk);
	scale(m, SVG_WIDTH);
	for (size_t i = 0; i < m->n; i++)
		n += m->piece[i].part != NULL;
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" "
		"viewBox=\"0 0 %u %u\" font-family=\"sans-serif\" "
		"font-size=\"14\">\n<title>", SVG_WIDTH,
		y + n * SVG_LINE + 8);
	put_xml(text(disk, "image"), out);
	fprintf(out, "</title>\n<rect y=\"24\" width=\"%u\" height=\"40\" "
		"fill=\"#fff\" stroke=\"#333\"/>\n", SVG_WIDTH);
	for (size_t i = 0; i < m->n; i++)
		if (m->piece[i].part)
			put_piece(&m->piece[i], out);
	for (size_t i = 0; i < m->n; i++) {
		if (!m->piece[i].part)
			continue;
		fprintf(out, "<text x=\"0\" y=\"%u\">", y);
		put_legend(&m->piece[i], out);
		fputs("</text>\n", out);
		y += SVG_LINE;
	}
	fputs("</svg>\n", out);
	free(m);
}
