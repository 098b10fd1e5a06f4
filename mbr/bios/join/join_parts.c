/*
 * join-parts FIRST SECOND OUT: stage2.bin of its two parts, with the two values
 * of its head that are known only after linking (loader/disk/bootblock.h): the
 * second part's hash, and the word that makes the first part add up to 0.
 */
#include <stdio.h>
#include <string.h>

#include "loader/disk/bootblock.h"
#include "loader/disk/xxh64.h"

static union {
	struct stage2_head head;
	uint32_t word[STAGE2_MAX / 4];
} first;
static uint8_t second[STAGE2_SECOND_MAX];

/* As the linker script made it: at least its head, in whole sectors. */
static size_t slurp(const char *path, void *to, size_t max)
{
	FILE *f = fopen(path, "rb");
	size_t len = f ? fread(to, 1, max, f) : 0;

	if (f)
		fclose(f);
	return len % 512 ? 0 : len;
}

static void finish_head(size_t len)
{
	uint32_t sum = 0;

	first.head.second_hash = xxh64_hash(second, first.head.second);
	first.head.sum = 0;
	for (size_t i = 0; i < len / 4; i++)
		sum += first.word[i];
	first.head.sum = -sum;
}

int main(int argc, char **argv)
{
	size_t len, more;
	FILE *out;

	if (argc != 4 || !(len = slurp(argv[1], &first, sizeof(first))) ||
	    !(more = slurp(argv[2], second, sizeof(second))) ||
	    first.head.size != len || first.head.second != more) {
		fprintf(stderr, "join-parts: FIRST SECOND OUT: not stage 2's "
			"parts\n");
		return 1;
	}
	finish_head(len);
	out = fopen(argv[3], "wb");
	if (!out || fwrite(&first, len, 1, out) != 1 ||
	    fwrite(second, more, 1, out) != 1 || fclose(out)) {
		perror(argv[3]);
		return 1;
	}
	return 0;
}
