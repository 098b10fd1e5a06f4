/*
 * Superblocks and boot sectors, as they say; a number that cannot be is left
 * out.  ext: <ext2fs/ext2_fs.h>; FAT: "FAT: General Overview of On-Disk
 * Format", 3.5 (FSInfo) and 3.3.
 */
#include "tools/host/disk/fsinfo.h"

#include <e2p/e2p.h>
#include <ext2fs/ext2_fs.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/span.h"

#define FAT16_MAX 65525u	/* clusters from which it is FAT32 */

static void set(json_t *fs, const char *name, uint64_t n)
{
	if (n <= INT64_MAX)
		json_object_set_new(fs, name, json_integer((json_int_t)n));
}

/* ---- ext ---- */

static json_t *ext_features(const struct ext2_super_block *s)
{
	const uint32_t masks[] = { s->s_feature_compat, s->s_feature_incompat,
				   s->s_feature_ro_compat };
	static const int kinds[] = { E2P_FEATURE_COMPAT, E2P_FEATURE_INCOMPAT,
				     E2P_FEATURE_RO_INCOMPAT };
	json_t *list = json_array();

	for (unsigned k = 0; k < 3; k++)
		for (unsigned bit = 0; bit < 32; bit++)
			if (masks[k] >> bit & 1)
				json_array_append_new(list, json_string(
					e2p_feature2string(kinds[k],
							   1u << bit)));
	return list;
}

static void add_ext(json_t *fs, int fd, uint64_t off)
{
	struct ext2_super_block s;
	uint64_t blocks, free, size;

	if (pread(fd, &s, sizeof(s), (off_t)(off + 1024)) != sizeof(s) ||
	    s.s_magic != EXT2_SUPER_MAGIC || s.s_log_block_size > 6)
		return;
	json_object_set_new(fs, "features", ext_features(&s));
	size = 1024ull << s.s_log_block_size;
	blocks = s.s_blocks_count;
	free = s.s_free_blocks_count;
	if (s.s_feature_incompat & EXT4_FEATURE_INCOMPAT_64BIT) {
		blocks |= (uint64_t)s.s_blocks_count_hi << 32;
		free |= (uint64_t)s.s_free_blocks_hi << 32;
	}
	set(fs, "block", size);
	if (blocks > INT64_MAX / size)
		return;
	set(fs, "bytes", blocks * size);
	if (free <= blocks)
		set(fs, "free", free * size);
}

/* ---- FAT ---- */

/* FSInfo's count, which need not be kept; -1: it says nothing. */
static int64_t count_free(int fd, uint64_t at)
{
	uint8_t sector[512];
	struct span s = { sector, sizeof(sector), false };
	uint32_t n;

	if (pread(fd, sector, sizeof(sector), (off_t)at) != sizeof(sector) ||
	    span_u32(&s, 0) != 0x41615252 || span_u32(&s, 484) != 0x61417272)
		return -1;
	n = span_u32(&s, 488);
	return n == UINT32_MAX ? -1 : (int64_t)n;
}

static void add_fat(json_t *fs, int fd, uint64_t off)
{
	uint8_t boot[512];
	struct span s = { boot, sizeof(boot), false };
	uint64_t sector, cluster, sectors, head, clusters;
	uint32_t table;
	int64_t free;

	if (pread(fd, boot, sizeof(boot), (off_t)off) != sizeof(boot))
		return;
	sector = span_u16(&s, 11);
	cluster = span_u8(&s, 13);
	sectors = span_u16(&s, 19) ? span_u16(&s, 19) : span_u32(&s, 32);
	table = span_u16(&s, 22) ? span_u16(&s, 22) : span_u32(&s, 36);
	if (!sector || !cluster)
		return;
	head = span_u16(&s, 14) + (uint64_t)span_u8(&s, 16) * table +
	       span_u16(&s, 17) * 32ull / sector;
	if (head > sectors)
		return;
	clusters = (sectors - head) / cluster;
	json_object_set_new(fs, "features", json_pack("[s]",
		clusters < 4085 ? "FAT12" : clusters < FAT16_MAX ? "FAT16" :
		"FAT32"));
	set(fs, "block", sector * cluster);
	set(fs, "bytes", sectors * sector);
	if (clusters < FAT16_MAX)
		return;
	free = count_free(fd, off + span_u16(&s, 48) * sector);
	if (free >= 0 && (uint64_t)free <= clusters)
		set(fs, "free", (uint64_t)free * sector * cluster);
}

void fsinfo_add(json_t *fs, int fd, uint64_t off)
{
	const char *type = json_string_value(json_object_get(fs, "type"));

	if (type && !strncmp(type, "ext", 3))
		add_ext(fs, fd, off);
	else if (type && (!strcmp(type, "fat") || !strcmp(type, "vfat")))
		add_fat(fs, fd, off);
}
