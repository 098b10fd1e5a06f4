/*
 * Cluster chains.  The table is looked at through a window that stays in
 * memory; clusters in a row become one run, and a file remembers its last run,
 * so that reading on goes on from there.
 */
#include "loader/fs/fat.h"

#include "loader/base/err.h"

/* Directories have no size: 65,536 entries of 32 bytes are the most. */
#define DIR_BYTES_MAX (2u << 20)

void fat_file_init(const struct fat *fat, struct fat_file *f, uint32_t first,
		   uint64_t bytes)
{
	uint64_t limit = ((bytes ? bytes : DIR_BYTES_MAX) - 1) >>
			 fat->cluster_bits;

	*f = (struct fat_file){ .first = first, .limit = limit + 1 };
	f->run.next = first;
}

static bool is_cluster(const struct fat *fat, uint32_t n)
{
	return n >= 2 && n - 2 < fat->clusters;
}

static int load_window(struct fat *fat, uint32_t n)
{
	uint32_t per = FAT_WINDOW * 8 / fat->bits;
	uint64_t off = (uint64_t)(n / per) * FAT_WINDOW;
	size_t len = FAT_WINDOW;
	int err;

	if (len > fat->table_len - off)
		len = fat->table_len - off;
	fat->window_n = 0;
	err = blk_pread(fat->fs->blk, fat->table + off, len, fat->window);
	fat->window_first = n - n % per;
	if (!err)
		fat->window_n = per;
	return err;
}

/* What follows cluster N, a valid one: a cluster, or 0 at the end. */
static int next_cluster(struct fat *fat, uint32_t n, uint32_t *next)
{
	uint32_t at, v, end;

	if (n - fat->window_first >= fat->window_n) {
		int err = load_window(fat, n);

		if (err)
			return err;
	}
	at = n - fat->window_first;
	if (fat->bits == 32) {
		v = ((const uint32_t *)fat->window)[at] & 0x0fffffff;
		end = 0x0ffffff8;
	} else if (fat->bits == 16) {
		v = ((const uint16_t *)fat->window)[at];
		end = 0xfff8;
	} else {
		const uint8_t *p = fat->window + at + at / 2;

		v = p[0] | (uint32_t)p[1] << 8;
		v = at % 2 ? v >> 4 : v & 0xfff;
		end = 0xff8;
	}
	*next = v < end ? v : 0;
	if (v < end && !is_cluster(fat, v))
		return fail(ERR_FS_CORRUPT,
			    "fat: cluster %u is followed by %u", n, v);
	return 0;
}

/* How many entries in the window, from N's on, name just the next cluster. */
static uint32_t count_straight(const struct fat *fat, uint32_t n, uint64_t most)
{
	const uint32_t *first, *p, *end;
	uint32_t in = n - fat->window_first;

	if (fat->bits != 32 || in >= fat->window_n)
		return 0;
	if (most > fat->window_n - in)
		most = fat->window_n - in;
	if (most > fat->clusters + 1 - n)
		most = fat->clusters + 1 - n;
	first = p = (const uint32_t *)fat->window + in;
	end = p + most;
	while (p < end && (*p & 0x0fffffff) == ++n)
		p++;
	return (uint32_t)(p - first);
}

/* Make F's run the one after it.  Nobody asks what follows the last cluster. */
static int next_run(struct fat *fat, struct fat_file *f)
{
	uint32_t cluster = f->run.next, next = cluster, n = 0;

	if (!is_cluster(fat, cluster))
		return fail(ERR_FS_CORRUPT, "fat: no cluster %u", cluster);
	f->run.index += f->run.n;
	f->run.n = 0;
	while (next == cluster + n) {
		int err;

		n += count_straight(fat, cluster + n,
				    f->limit - f->run.index - n - 1);
		if (f->run.index + ++n == f->limit)
			break;
		err = next_cluster(fat, cluster + n - 1, &next);
		if (err)
			return err;
	}
	f->run.cluster = cluster;
	f->run.n = n;
	f->run.next = next;
	return 0;
}

static int fixed_root(const struct fat *fat, uint64_t off, struct extent *out,
		      bool *end)
{
	*end = off >= fat->root_len;
	*out = (struct extent){ .kind = EXTENT_DISK, .disk = fat->root + off,
			     .len = fat->root_len - off };
	return 0;
}

int fat_map_run(struct fat *fat, struct fat_file *f, uint64_t off,
		struct extent *out, bool *end)
{
	uint64_t want = off >> fat->cluster_bits;
	uint64_t in = off & ((1u << fat->cluster_bits) - 1);

	if (!f->first && end)
		return fixed_root(fat, off, out, end);
	if (want < f->run.index)
		fat_file_init(fat, f, f->first, f->limit << fat->cluster_bits);
	while (want - f->run.index >= f->run.n) {
		bool last = f->run.n && !f->run.next;
		int err;

		if (last && end) {
			*end = true;
			return 0;
		}
		if (last || f->run.index + f->run.n >= f->limit)
			return fail(ERR_FS_CORRUPT,
				    "fat: chain from cluster %u", f->first);
		err = next_run(fat, f);
		if (err)
			return err;
	}
	if (end)
		*end = false;
	want -= f->run.index;
	*out = (struct extent){ .kind = EXTENT_DISK };
	out->disk = fat->data +
		    ((f->run.cluster - 2 + want) << fat->cluster_bits) + in;
	out->len = ((f->run.n - want) << fat->cluster_bits) - in;
	return 0;
}
