/*
 * Beyond the end of a file that is cut short QEMU reads zeroes in most formats.
 * Where in the file the parts of a disk are it tells itself, but for compressed
 * ones: where these end, the tables of qcow and qcow2 say (QEMU's
 * docs/interop/qcow2.txt; the first version differs in widths).
 */
#include "tools/host/disk/image_whole.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/host/disk/image_format.h"
#include "tools/proc.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define HEADER 104
#define EXTENDED (1u << 4)	/* qcow2: entries have twice the size */
#define L2_OFFSET 0x00fffffffffffe00ull
#define L2_MOST (2u << 20)	/* bytes of a table */

struct tables {
	int fd;
	uint64_t size;		/* of the file */
	uint64_t l1, n;		/* where it is, and how many entries */
	unsigned cluster_bits, entry, l2_len;	/* the latter in bytes */
	bool first;		/* qcow's first version */
};

static uint64_t be64(const uint8_t *p)
{
	return image_format_number(p, 8, true);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)image_format_number(p, 4, true);
}

/* False: not for us, as QEMU finds as well. */
static bool read_header(struct tables *t)
{
	uint8_t h[HEADER] = { 0 };
	uint64_t disk, span;
	unsigned bits;

	if (pread(t->fd, h, sizeof(h), 0) < 72)
		return false;
	t->cluster_bits = t->first ? h[32] : be32(h + 20);
	if (t->cluster_bits < 9 || t->cluster_bits > 21)
		return false;
	t->entry = be32(h + 4) > 2 && be32(h + 76) & EXTENDED ? 16 : 8;
	bits = t->first ? h[33] : t->cluster_bits - (t->entry == 8 ? 3 : 4);
	if (bits > 18)
		return false;
	t->l2_len = t->entry << bits;
	t->l1 = be64(h + 40);
	disk = be64(h + 24);
	span = 1ull << (t->cluster_bits + bits);
	t->n = disk / span + !!(disk % span);
	return true;
}

/* Where the compressed cluster of E ends; 0: it is none. */
static uint64_t packed_end(const struct tables *t, uint64_t e)
{
	unsigned bits = t->cluster_bits;
	unsigned width = t->first ? 63 - bits : 70 - bits;
	uint64_t at = e & ((1ull << width) - 1);

	if (!(e >> (t->first ? 63 : 62) & 1))
		return 0;
	e >>= width;
	if (t->first)
		return at + (e & ((1ull << bits) - 1));
	return (at & -512ull) + ((e & ((1ull << (bits - 8)) - 1)) + 1) * 512;
}

static bool l2_short(const struct tables *t, uint64_t at)
{
	static uint8_t l2[L2_MOST];

	if (!t->first)
		at &= L2_OFFSET;
	if (!at)
		return false;
	if (pread(t->fd, l2, t->l2_len, (off_t)at) != (ssize_t)t->l2_len)
		return true;
	for (unsigned i = 0; i < t->l2_len; i += t->entry)
		if (packed_end(t, be64(l2 + i)) > t->size)
			return true;
	return false;
}

bool image_whole_short(int fd, const char *format)
{
	struct tables t = { .fd = fd, .first = !strcmp(format, "qcow"),
			    .size = (uint64_t)lseek(fd, 0, SEEK_END) };
	uint8_t e[8];

	if ((strcmp(format, "qcow2") && !t.first) || !read_header(&t))
		return false;
	for (uint64_t i = 0; i < t.n; i++)
		if (pread(fd, e, 8, (off_t)(t.l1 + i * 8)) != 8 ||
		    l2_short(&t, be64(e)))
			return true;
	return false;
}

/* A line of qemu-img map: where its part ends in the file, 0: nowhere. */
static uint64_t part_end(const char *line)
{
	json_t *j = json_loads(line + (line[0] == '['), JSON_DISABLE_EOF_CHECK,
			       NULL);
	json_t *at = json_object_get(j, "offset");
	uint64_t end = 0;

	if (at && json_is_true(json_object_get(j, "data")))
		end = (uint64_t)json_integer_value(at) + (uint64_t)
		      json_integer_value(json_object_get(j, "length"));
	json_decref(j);
	return end;
}

int image_whole_map(const char *name, int fd, const char *source)
{
	char what[4400];
	const char *argv[] = { "qemu-img", "map", "--output=json", source,
			       NULL };
	off_t size = lseek(fd, 0, SEEK_END);
	size_t room = 0;
	char *line = NULL;
	int err = 0;
	FILE *f;

	snprintf(what, sizeof(what), "%s: where its parts lie is not told",
		 name);
	f = proc_output(what, argv, 0);
	if (!f)
		return -1;
	while (!err && getline(&line, &room, f) >= 0)
		err = part_end(line) > (uint64_t)size;
	free(line);
	fclose(f);
	return err;
}

int image_whole_check(const char *name, int fd, const char *format,
		      const char *source)
{
	return image_whole_short(fd, format) ? 1 :
	       image_whole_map(name, fd, source);
}

/*
 * The check ends with 1 for what cannot be opened, 2 for what is wrong, 3 for
 * what is only lost, and more when there is none; of a parallels image that is
 * cut short QEMU 10 dies.
 */
int image_whole_tables(const char *format, const char *source, char why[600])
{
	const char *argv[] = { "qemu-img", "check", source, NULL };
	char words[500];
	int status;

	if (strcmp(format, "qcow2") && strcmp(format, "vmdk") &&
	    strcmp(format, "parallels"))
		return 0;
	status = proc_status(argv, words, sizeof(words));
	if (status == 1 && words[0])
		snprintf(why, 600, "damaged or cut short (qemu-img: %s)",
			 words);
	else
		snprintf(why, 600, "damaged or cut short: see qemu-img check");
	return status < 0 ? -1 : status == 1 || status == 2 || status > 128;
}
