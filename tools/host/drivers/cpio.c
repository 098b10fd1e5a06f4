/*
 * A state for each part of an archive: zeroes between archives, a header of
 * ASCII hexadecimal numbers, a name, a file; the last two are padded so that
 * the next begins at a multiple of 4.
 */
#include "tools/host/drivers/cpio.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Offsets of fields, 8 digits each. */
#define FILE_SIZE 54
#define NAME_SIZE 94

static bool number(const struct cpio *c, size_t at, uint32_t *value)
{
	char text[9] = "";

	memcpy(text, c->header + at, 8);
	for (size_t i = 0; i < 8; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	*value = (uint32_t)strtoul(text, NULL, 16);
	return true;
}

static uint64_t padded(uint64_t at)
{
	return (4 - at % 4) % 4;
}

static void begin_name(struct cpio *c)
{
	uint32_t name_size = 0;

	c->broken = (memcmp(c->header, "070701", 6) &&
		     memcmp(c->header, "070702", 6)) ||
		    !number(c, FILE_SIZE, &c->file_size) ||
		    !number(c, NAME_SIZE, &name_size) || !name_size ||
		    name_size > sizeof(c->name);
	c->have = 0;
	c->left = name_size + padded(c->at + name_size);
	c->state = CPIO_IN_NAME;
}

static void end_file(struct cpio *c)
{
	if (c->wanted)
		c->content(c->ctx, c->name, c->data, c->have);
	c->have = 0;
	c->left = CPIO_HEADER;
	c->state = CPIO_IN_HEADER;
}

static void begin_file(struct cpio *c)
{
	c->name[c->have < sizeof(c->name) ? c->have : sizeof(c->name) - 1] = 0;
	c->have = 0;
	if (!strcmp(c->name, "TRAILER!!!")) {
		c->state = CPIO_GAP;
		return;
	}
	c->entries++;
	c->wanted = c->wants(c->ctx, c->name);
	c->left = c->file_size + padded(c->at + c->file_size);
	c->state = CPIO_IN_FILE;
	if (!c->left)
		end_file(c);
}

/* N bytes more, of C's present part; padding is not kept. */
static void keep(struct cpio *c, const char *data, size_t n)
{
	char *to = c->state == CPIO_IN_HEADER ? c->header :
		   c->state == CPIO_IN_NAME ? c->name : c->data;
	size_t room = c->state == CPIO_IN_HEADER ? CPIO_HEADER :
		      c->state == CPIO_IN_NAME ? sizeof(c->name) - 1 :
		      !c->wanted ? 0 : c->file_size < sizeof(c->data) ?
		      c->file_size : sizeof(c->data);
	size_t fits = room > c->have ? room - c->have : 0;

	if (n < fits)
		fits = n;
	memcpy(to + c->have, data, fits);
	c->have += fits;
}

static void next_part(struct cpio *c)
{
	if (c->state == CPIO_IN_HEADER)
		begin_name(c);
	else if (c->state == CPIO_IN_NAME)
		begin_file(c);
	else
		end_file(c);
}

/* Zeroes, until an archive begins; how many. */
static size_t skip_gap(struct cpio *c, const char *data, size_t len)
{
	size_t n = 0;

	while (n < len && !data[n])
		n++;
	if (n < len && data[n] == '0') {
		c->state = CPIO_IN_HEADER;
		c->at = c->have = 0;
		c->left = CPIO_HEADER;
	}
	return n;
}

size_t cpio_feed(struct cpio *c, const char *data, size_t len)
{
	size_t done = 0;

	while (done < len && !c->broken) {
		size_t n = len - done < c->left ? len - done : (size_t)c->left;

		if (c->state == CPIO_GAP) {
			done += skip_gap(c, data + done, len - done);
			if (c->state == CPIO_GAP)
				break;
			continue;
		}
		keep(c, data + done, n);
		c->at += n;
		c->left -= n;
		done += n;
		if (!c->left)
			next_part(c);
	}
	return done;
}

bool cpio_ended(const struct cpio *c)
{
	return c->state == CPIO_GAP && !c->broken;
}
