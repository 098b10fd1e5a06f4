/*
 * Device names, and mounting on demand.  A file system is mounted once for
 * all the commands of an entry.
 */
#include "menu/config/device.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/fs/blocklist.h"
#include "menu/config/lst.h"

#define PART_MAX 254
#define BIOS_HARD_DISK 0x80

static int bad_name(const char *name)
{
	return fail(ERR_DEVICE_NAME, "%.32s", name);
}

/* hdN, fdN, a BIOS drive number, nd, cd or nothing. */
static int parse_drive(const char **s, struct device *out)
{
	const char *at = *s, *digits = at;
	bool hd = !strncmp(at, "hd", 2), fd = !strncmp(at, "fd", 2);
	int32_t n = 0;

	if (*at == ',' || *at == ')')
		return 0;
	out->part = -1;
	out->disk = DEVICE_NONE;
	if (!strncmp(at, "nd", 2) || !strncmp(at, "cd", 2)) {
		*s += 2;
		return 0;
	}
	if (hd || fd)
		digits += 2;
	if (lst_number(&digits, &n))
		return fail(ERR_NUMBER, "(%.32s", at);
	if (hd)
		out->disk = (uint32_t)n;
	else if (!fd && n >= BIOS_HARD_DISK)
		out->disk = (uint32_t)n - BIOS_HARD_DISK;
	*s = digits;
	return 0;
}

/* The partition, behind its comma. */
static int parse_part(const char **s, struct device *out)
{
	const char *name = *s;
	int32_t n = -1;

	if (*name >= '0' && *name <= '9') {
		if (lst_number(s, &n) || n > PART_MAX)
			return bad_name(name);
		out->part = n;
		*s += **s == ',';
	}
	if (**s >= 'a' && **s <= 'h')
		return fail(ERR_NO_PARTITION, "%.32s: BSD partitions are not "
			    "supported", name);
	return n < 0 ? bad_name(name) : 0;
}

int device_parse(const char **s, struct device root, struct device *out)
{
	const char *name = *s, *at = name + 1;
	int err;

	*out = root;
	if (*name != '(')
		return 0;
	err = parse_drive(&at, out);
	if (!err && *at == ',') {
		at++;
		err = parse_part(&at, out);
	}
	if (err)
		return err;
	if (*at != ')')
		return bad_name(name);
	*s = at + 1;
	return 0;
}

void device_name(struct device dev, char *buf, size_t size)
{
	if (dev.disk == DEVICE_NONE)
		fmt(buf, size, "(no disk)");
	else if (dev.part < 0)
		fmt(buf, size, "(hd%u)", dev.disk);
	else
		fmt(buf, size, "(hd%u,%d)", dev.disk, dev.part);
}

int device_partitions(struct mounts *m, uint32_t disk)
{
	int err;

	if (m->parts && m->parts_disk == disk)
		return 0;
	m->parts = arena_alloc(m->p->arena, sizeof(*m->parts));
	if (!m->parts)
		return ERR_NO_MEMORY;
	m->parts_disk = disk;
	err = part_read(m->p->disk[disk], m->parts);
	if (err)
		m->parts = NULL;
	return err;
}

static int whole_read(struct blk *b, uint64_t lba, uint32_t n, void *buf)
{
	return blk_read(((struct part_blk *)b)->disk, lba, n, buf);
}

static int whole_write(struct blk *b, uint64_t lba, uint32_t n,
		       const void *buf)
{
	return blk_write(((struct part_blk *)b)->disk, lba, n, buf);
}

/* A disk's own struct outlives the arena's mark, its cache would not. */
static struct part_blk whole_disk(struct blk *disk)
{
	struct part_blk all = { .blk = *disk, .disk = disk };

	all.blk.read = whole_read;
	all.blk.write = disk->write ? whole_write : NULL;
	all.blk.cache = NULL;
	return all;
}

/* The block device DEV, a partition or a whole disk. */
static int open_blk(struct mounts *m, struct device dev, struct part_blk *part)
{
	struct blk *disk;
	char name[24];
	int err;

	device_name(dev, name, sizeof(name));
	if (dev.disk >= m->p->n_disks)
		return fail(ERR_NO_DISK, "%s", name);
	disk = m->p->disk[dev.disk];
	if (!disk->count)
		return fail(ERR_NO_DISK, "%s has no sectors", name);
	if (dev.part < 0) {
		*part = whole_disk(disk);
		return 0;
	}
	if ((err = device_partitions(m, dev.disk)))
		return err;
	return part_open(disk, m->parts, (unsigned)dev.part, part);
}

struct device device_real(struct mounts *m, struct device dev)
{
	if (m->hd0 && !dev.disk && dev.part < 0 && m->p->n_disks &&
	    !device_partitions(m, 0) && m->parts->table != PART_NONE)
		dev.part = m->hd0 - 1;
	return dev;
}

/* With a cache.  The struct and all it has live until the mounts are undone. */
static int new_blk(struct mounts *m, struct device dev, struct part_blk *part)
{
	int err = open_blk(m, dev, part);

	return err ? err : blk_cache_attach(&part->blk, m->p->arena);
}

int device_mount(struct mounts *m, struct device dev, struct fs **out)
{
	struct mount *mount;
	int err;

	dev = device_real(m, dev);
	for (unsigned i = 0; i < m->n; i++) {
		if (m->mount[i]->dev.disk == dev.disk &&
		    m->mount[i]->dev.part == dev.part) {
			*out = &m->mount[i]->fs;
			return 0;
		}
	}
	if (m->n == MOUNTS)
		return fail(ERR_NO_MEMORY, "more than %d file systems", MOUNTS);
	mount = arena_alloc(m->p->arena, sizeof(*mount));
	if (!mount)
		return ERR_NO_MEMORY;
	mount->dev = dev;
	err = new_blk(m, dev, &mount->part);
	if (!err)
		err = fs_mount(&mount->fs, &mount->part.blk, m->p->arena);
	if (err)
		return err;
	m->mount[m->n++] = mount;
	*out = &mount->fs;
	return 0;
}

static int open_blocks(struct mounts *m, struct device dev, const char *list,
		       struct file *out)
{
	struct part_blk *part = arena_alloc(m->p->arena, sizeof(*part));
	int err = part ? new_blk(m, dev, part) : ERR_NO_MEMORY;

	return err ? err : blocklist_open(&part->blk, list, m->p->arena, out);
}

int device_open(struct mounts *m, struct device root, const char *name,
		struct file *out)
{
	const char *path = name;
	struct device dev;
	struct fs *fs;
	int err = device_parse(&path, root, &dev);

	if (err)
		return err;
	if (blocklist_is(path))
		return open_blocks(m, dev, path, out);
	if (*path != '/')
		return fail(ERR_FILENAME, "%s", name);
	err = device_mount(m, dev, &fs);
	if (!err)
		err = fs_open(fs, path, out);
	if (!err && out->is_dir)
		err = fail(ERR_FILE_TYPE, "%s", name);
	return err;
}
