/*
 * FAT12, FAT16 and FAT32: mounting, and files by path.  There is no magic
 * number: the boot sector's fields must fit together, and only when it calls
 * itself FAT is one that does not an error.
 */
#include "loader/fs/fat.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/base/span.h"
#include "loader/fs/drivers.h"

#define DEPTH_MAX 64u		/* directories in a path */

/*
 * The boot sector's fields, by their offsets (section "Boot Sector and BPB").
 */
struct bpb {
	uint32_t sector, cluster;	/* bytes; sectors */
	uint32_t reserved, tables, table_sectors, sectors;
	uint32_t root_entries, root_cluster, flags;
	bool fat32;
};

static bool power_of_two(uint32_t n, uint32_t from, uint32_t to)
{
	return n >= from && n <= to && !(n & (n - 1));
}

static bool parse(struct span boot, struct bpb *b)
{
	uint8_t media = span_u8(&boot, 21);

	*b = (struct bpb){
		.sector = span_u16(&boot, 11),
		.cluster = span_u8(&boot, 13),
		.reserved = span_u16(&boot, 14),
		.tables = span_u8(&boot, 16),
		.root_entries = span_u16(&boot, 17),
		.sectors = span_u16(&boot, 19),
		.table_sectors = span_u16(&boot, 22),
	};
	if (!b->sectors)
		b->sectors = span_u32(&boot, 32);
	if (!b->table_sectors) {
		b->fat32 = true;
		b->table_sectors = span_u32(&boot, 36);
		b->flags = span_u16(&boot, 40);
		b->root_cluster = span_u32(&boot, 44);
	}
	return power_of_two(b->sector, 512, 4096) &&
	       power_of_two(b->cluster, 1, 128) && b->reserved && b->tables &&
	       (media == 0xf0 || media >= 0xf8) && b->sectors &&
	       b->table_sectors && b->root_entries * 32 % b->sector == 0 &&
	       b->fat32 == !b->root_entries;
}

/* Where everything lies, and which of the three it is. */
static int layout(struct fat *fat, const struct bpb *b)
{
	uint64_t root = b->reserved + (uint64_t)b->tables * b->table_sectors;
	uint64_t data = root + b->root_entries * 32 / b->sector;
	uint64_t most, first = 0;

	if (data + b->cluster > b->sectors)
		return fail(ERR_FS_CORRUPT, "fat: no room for files");
	/* FAT32 may keep only one of its tables up to date. */
	if (b->flags & 0x80)
		first = b->flags & 0x0f;
	if (first >= b->tables)
		return fail(ERR_FS_CORRUPT, "fat: no allocation table %lu",
			    first);
	fat->clusters = (uint32_t)((b->sectors - data) / b->cluster);
	fat->bits = b->fat32 ? 32 : fat->clusters < 4085 ? 12 : 16;
	fat->cluster_bits = (unsigned)__builtin_ctz(b->sector * b->cluster);
	fat->table = (b->reserved + first * b->table_sectors) * b->sector;
	fat->table_len = (uint64_t)b->table_sectors * b->sector;
	most = fat->table_len * 8 / fat->bits;
	if (fat->clusters > most - 2)
		fat->clusters = (uint32_t)most - 2;
	fat->table_len = ((fat->clusters + 2ull) * fat->bits + 7) / 8;
	fat->root = root * b->sector;
	fat->root_len = b->root_entries * 32;
	fat->root_cluster = b->root_cluster;
	fat->data = data * b->sector;
	fat->fs->bytes = (uint64_t)b->sectors * b->sector;
	return 0;
}

/* Volume label and serial number, as the boot sector has them. */
static void describe(struct fs *fs, struct span boot, unsigned at)
{
	static const char hex[] = "0123456789ABCDEF";
	uint32_t serial = span_u32(&boot, at);
	const char *label = (const char *)span_at(&boot, at + 4, 11);
	size_t len = 11;
	char *to = fs->uuid;

	for (int shift = 28; shift >= 0; shift -= 4) {
		*to++ = hex[serial >> shift & 15];
		if (shift == 16)
			*to++ = '-';
	}
	*to = 0;
	while (len && label[len - 1] == ' ')
		len--;
	if (memcmp(label, "NO NAME    ", 11))
		fmt(fs->label, sizeof(fs->label), "%.*s", (int)len, label);
}

static bool calls_itself_fat(const uint8_t *boot)
{
	return !memcmp(boot + 54, "FAT1", 4) || !memcmp(boot + 82, "FAT32", 5);
}

static int fat_mount(struct fs *fs)
{
	uint8_t boot[512];
	struct bpb b;
	struct fat *fat;
	int err;

	if (blk_bytes(fs->blk) < sizeof(boot))
		return ERR_NOTMINE;
	err = blk_pread(fs->blk, 0, sizeof(boot), boot);
	if (err)
		return err;
	if (!parse(span_of(boot, sizeof(boot)), &b))
		return calls_itself_fat(boot) ?
			fail(ERR_FS_CORRUPT, "fat: broken boot sector") :
			ERR_NOTMINE;
	fat = arena_alloc(fs->arena, sizeof(*fat));
	if (!fat)
		return ERR_NO_MEMORY;
	fat->fs = fs;
	fs->priv = fat;
	describe(fs, span_of(boot, sizeof(boot)), b.fat32 ? 67 : 39);
	err = layout(fat, &b);
	if (err)
		return err;
	fat->window = arena_alloc(fs->arena, FAT_WINDOW);
	return fat->window ? 0 : ERR_NO_MEMORY;
}

/* What a walk is at: the directories it came through, and the last entry. */
struct walk {
	const char *path;
	uint32_t dir[DEPTH_MAX];
	unsigned depth;		/* directories above this one */
	uint32_t first, size;
	bool is_dir;
};

static int step(struct fat *fat, struct walk *w, const char *name, size_t len)
{
	struct fat_entry entry;
	struct fat_file dir;
	bool found;
	int err;

	if (!w->is_dir)
		return fail(ERR_FILE_TYPE, "%s", w->path);
	if (len == 1 && name[0] == '.')
		return 0;
	if (len == 2 && name[0] == '.' && name[1] == '.') {
		if (w->depth)
			w->first = w->dir[--w->depth];
		return 0;
	}
	fat_file_init(fat, &dir, w->first, 0);
	err = fat_dir_lookup(fat, &dir, name, len, &entry, &found);
	if (err)
		return err;
	if (!found)
		return fail(ERR_FILE_NOT_FOUND, "%s", w->path);
	if (w->depth == DEPTH_MAX)
		return fail(ERR_FILE_LENGTH, "%s: more than %u directories",
			    w->path, DEPTH_MAX);
	w->dir[w->depth++] = w->first;
	w->first = entry.first;
	w->size = entry.size;
	w->is_dir = entry.is_dir;
	return 0;
}

static int walk(struct fat *fat, struct walk *w)
{
	const char *rest = w->path;
	int err = 0;

	while (!err) {
		const char *name = rest + strspn(rest, "/");
		size_t len = strcspn(name, "/");

		if (!len)
			break;
		err = step(fat, w, name, len);
		rest = name + len;
	}
	return err;
}

static int fat_open(struct fs *fs, const char *path, struct file *out)
{
	struct fat *fat = fs->priv;
	struct walk w = { .path = path, .first = fat->root_cluster,
			  .is_dir = true };
	struct fat_file *f;
	int err = walk(fat, &w);

	if (err)
		return err;
	if (!w.is_dir && w.size &&
	    (w.size - 1) >> fat->cluster_bits >= fat->clusters)
		return fail(ERR_FS_CORRUPT, "fat: %s: %u bytes", path, w.size);
	f = arena_alloc(fs->arena, sizeof(*f));
	if (!f)
		return ERR_NO_MEMORY;
	fat_file_init(fat, f, w.first, w.is_dir ? 0 : w.size);
	out->size = w.is_dir ? 0 : w.size;
	out->is_dir = w.is_dir;
	out->priv = f;
	return 0;
}

static int fat_map(struct file *f, uint64_t off, struct extent *out)
{
	return fat_map_run(f->fs->priv, f->priv, off, out, NULL);
}

struct listing {
	fs_list_fn *each;
	void *ctx;
};

static int list_one(void *ctx, const struct fat_entry *e)
{
	struct listing *l = ctx;
	struct fs_dirent entry = { .name = e->name, .is_dir = e->is_dir };

	return l->each(l->ctx, &entry);
}

static int fat_list(struct file *dir, fs_list_fn *each, void *ctx)
{
	struct listing l = { each, ctx };

	return fat_dir_walk(dir->fs->priv, dir->priv, list_one, &l);
}

const struct fs_driver fat_driver = {
	.name = "fat",
	.mount = fat_mount,
	.open = fat_open,
	.map = fat_map,
	.list = fat_list,
};
