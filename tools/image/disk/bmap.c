/*
 * A block map as bmaptool reads it, format 2.0: the blocks of 4 KiB that hold
 * anything but zeroes, whatever the file system here keeps as a hole.
 */
#include <errno.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/disk/bmap.h"
#include "tools/report.h"

#define BLOCK 4096u
#define NO_SUM "00000000000000000000000000000000" \
	       "00000000000000000000000000000000"

struct bmap {
	FILE *out;
	SHA2_CTX sha;
	uint64_t first, next, mapped;	/* the range at hand; next 0: none */
};

static void hex(char *to, const uint8_t h[32])
{
	for (unsigned i = 0; i < 32; i++)
		snprintf(to + 2 * i, 3, "%02x", h[i]);
}

static void end_range(struct bmap *m)
{
	uint8_t h[32];
	char text[65];

	if (!m->next)
		return;
	SHA256Final(h, &m->sha);
	hex(text, h);
	fprintf(m->out, "        <Range chksum=\"%s\">%lu", text, m->first);
	if (m->next > m->first + 1)
		fprintf(m->out, "-%lu", m->next - 1);
	fputs("</Range>\n", m->out);
	m->next = 0;
}

static void add_block(struct bmap *m, uint64_t block, const uint8_t *p,
		      size_t len)
{
	if (block != m->next || !m->next) {
		end_range(m);
		m->first = block;
		SHA256Init(&m->sha);
	}
	m->next = block + 1;
	m->mapped++;
	SHA256Update(&m->sha, p, len);
}

static bool is_zero(const uint8_t *p, size_t len)
{
	return !p[0] && !memcmp(p, p + 1, len - 1);
}

static int add_ranges(struct bmap *m, int fd, uint64_t size)
{
	static uint8_t buf[1 << 18];

	for (uint64_t at = 0; at < size; ) {
		off_t data = lseek(fd, (off_t)at, SEEK_DATA);
		ssize_t n;

		if (data < 0 && errno == ENXIO)
			break;
		if (data > 0)
			at = (uint64_t)data - (uint64_t)data % BLOCK;
		n = pread(fd, buf, sizeof(buf), (off_t)at);
		if (n <= 0)
			return report_errno("reading the image");
		for (ssize_t i = 0; i < n; i += BLOCK) {
			size_t len = n - i < BLOCK ? (size_t)(n - i) : BLOCK;

			if (!is_zero(buf + i, len))
				add_block(m, (at + (uint64_t)i) / BLOCK,
					  buf + i, len);
		}
		at += (uint64_t)n;
	}
	end_range(m);
	return 0;
}

static void put_head(FILE *f, uint64_t size, uint64_t mapped)
{
	fprintf(f, "<?xml version=\"1.0\" ?>\n<bmap version=\"2.0\">\n"
		"    <ImageSize>%lu</ImageSize>\n"
		"    <BlockSize>%u</BlockSize>\n"
		"    <BlocksCount>%lu</BlocksCount>\n"
		"    <MappedBlocksCount>%lu</MappedBlocksCount>\n"
		"    <ChecksumType>sha256</ChecksumType>\n"
		"    <BmapFileChecksum>" NO_SUM "</BmapFileChecksum>\n"
		"    <BlockMap>\n", size, BLOCK, (size + BLOCK - 1) / BLOCK,
		mapped);
}

/* The file's own checksum is of the file with zeroes in its place. */
static void set_own_sum(char *text, size_t len)
{
	char *at = strstr(text, NO_SUM), sum[65];
	uint8_t h[32];
	SHA2_CTX sha;

	SHA256Init(&sha);
	SHA256Update(&sha, (uint8_t *)text, len);
	SHA256Final(h, &sha);
	hex(sum, h);
	memcpy(at, sum, 64);
}

char *bmap_make(int raw, uint64_t size)
{
	char *ranges = NULL, *text = NULL;
	struct bmap m = { 0 };
	size_t len;
	FILE *f;
	int err;

	m.out = open_memstream(&ranges, &len);
	if (!m.out)
		abort();
	err = add_ranges(&m, raw, size);
	fclose(m.out);
	f = open_memstream(&text, &len);
	if (!f)
		abort();
	put_head(f, size, m.mapped);
	fprintf(f, "%s    </BlockMap>\n</bmap>\n", ranges);
	fclose(f);
	free(ranges);
	if (err) {
		free(text);
		return NULL;
	}
	set_own_sum(text, len);
	return text;
}
