/*
 * The BIOS stages, by loader/disk/bootblock.h.  Of a partitionless file system
 * the block list comes from our own reader: what it finds now, mbr/bios reads
 * later.
 */
#include "tools/image/disk/boot_install.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "loader/disk/bootarea.h"
#include "loader/disk/bootblock.h"
#include "loader/disk/boothv.h"
#include "loader/fs/fs.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define SECTOR 512u
#define EXTENT_MAX 127u		/* sectors: what every EDD BIOS takes at once */
#define STAGE2_FILE_MAX (STAGE2_MAX + STAGE2_SECOND_MAX)

char *boot_install_find(const struct recipe *r, const char *name)
{
	char exe[2048], *slash, *path;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	static const char *const below[] = { "boot", "share/twinboot" };

	if (r->boot_dir) {
		if (asprintf(&path, "%s/%s", r->boot_dir, name) < 0)
			abort();
		if (!access(path, R_OK))
			return path;
		free(path);
		return NULL;
	}
	exe[n < 0 ? 0 : n] = 0;
	/* Beside the program, and beside the folder that it is in. */
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		slash = strrchr(exe, '/');
		if (slash)
			*slash = 0;
		if (asprintf(&path, "%s/%s/%s", exe, below[i], name) < 0)
			abort();
		if (!access(path, R_OK))
			return path;
		free(path);
	}
	return NULL;
}

ssize_t boot_install_read(const struct recipe *r, const char *name, void *buf,
			  size_t size)
{
	char *path = boot_install_find(r, name);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n;

	if (fd < 0)
		return report_error("%s: not found; install the package "
				    "twinboot-boot", name);
	n = read(fd, buf, size);
	close(fd);
	if (n < 0 || (size_t)n == size)
		n = report_error("%s: larger than %zu bytes", path, size - 1);
	free(path);
	return n;
}

static int put(int fd, const void *buf, size_t len, uint64_t off)
{
	if (!tempfile_write(fd, off, buf, len))
		return 0;
	return report_errno("writing the boot stages");
}

/* A boot block's list while it is made: the first part's extents come first. */
struct listing {
	struct boot_list *list;
	unsigned max, used;
	uint32_t first;		/* sectors of the first part yet to come */
};

/* Append SECTORS at LBA. */
static int add_extent(struct listing *l, uint64_t lba, uint64_t sectors)
{
	while (sectors) {
		uint64_t most = !l->first ? UINT32_MAX :
				l->first < EXTENT_MAX ? l->first : EXTENT_MAX;
		uint32_t n = (uint32_t)(sectors < most ? sectors : most);

		if (l->used == l->max)
			return report_error("stage2.bin lies in more than %u "
					    "pieces", l->max);
		l->list->extent[l->used++] = (struct boot_extent){ lba, n };
		if (l->first) {
			l->list->n++;
			l->first -= n;
		}
		lba += n;
		sectors -= n;
	}
	return 0;
}

/* The sectors of the first part of the SIZE bytes at STAGE2; 0 reported. */
static uint32_t first_sectors(const uint8_t *stage2, size_t size)
{
	const struct stage2_head *head = (const struct stage2_head *)stage2;

	if (size >= sizeof(*head) && head->magic == STAGE2_MAGIC &&
	    head->size && head->size <= STAGE2_MAX &&
	    (uint64_t)head->size + head->second == size &&
	    head->size % SECTOR == 0 && size % SECTOR == 0)
		return head->size / SECTOR;
	report_error("stage2.bin: not of this version, or not whole");
	return 0;
}

/* BLOCK's list at AT, or NULL with an error reported. */
static struct boot_list *list_in(uint8_t *block, size_t at, const char *name)
{
	struct boot_list *list = (struct boot_list *)(block + at);

	if (list->magic == BOOT_LIST_MAGIC)
		return list;
	report_error("%s: not of this version", name);
	return NULL;
}

/* The boot area of FD, without the units at its end, which are others'. */
static int find_area(int fd, struct bootarea *area)
{
	static struct part_list parts;
	uint64_t tail = BOOTAREA_UNITS * BOOTAREA_UNIT / SECTOR;
	struct hostdisk disk;

	if (hostdisk_attach(&disk, "hd0", fd, SECTOR) ||
	    part_read(&disk.blk, &parts))
		return report_error("%s", err_text());
	if (!bootarea_find(&disk.blk, &parts, area) || area->sectors <= tail)
		return report_error("there is no room for the BIOS stage "
				    "beside the partitions");
	area->sectors -= tail;
	return 0;
}

/* Append the LEN bytes at DATA, in whole sectors, to what is in AREA. */
static int append(struct bootarea *area, struct listing *l, int fd,
		  const void *data, size_t len, const char *name)
{
	uint64_t sectors = len / SECTOR;

	if (sectors > area->sectors)
		return report_error("%s does not fit into the boot area: %lu "
				    "bytes, and %lu are left", name, len,
				    area->sectors * SECTOR);
	if (put(fd, data, len, area->first * SECTOR) ||
	    add_extent(l, area->first, sectors))
		return -1;
	area->first += sectors;
	area->sectors -= sectors;
	return 0;
}

/* hv.elf behind its head. */
static int append_hv(const struct recipe *r, struct bootarea *area,
		     struct listing *l, int fd)
{
	static uint8_t room[SECTOR + BOOT_HV_MAX + 1];
	ssize_t n = boot_install_read(r, "hv.elf", room + SECTOR,
				      BOOT_HV_MAX + 1);
	size_t len = (size_t)n;

	if (n < 0)
		return -1;
	memset(room + SECTOR + len, 0, -len % SECTOR);
	boothv_head((struct hv_head *)room, room + SECTOR, (uint32_t)len);
	return append(area, l, fd, room,
		      SECTOR + ((len + SECTOR - 1) & -(size_t)SECTOR),
		      "hv.elf");
}

/* Everything, and last the sector that names it. */
int boot_install_write_area(const struct recipe *r, bool hv, int fd,
			    struct bootarea area)
{
	static uint8_t code[SECTOR + 1], stage2[STAGE2_FILE_MAX + 1];
	ssize_t n = boot_install_read(r, "mbr.bin", code, sizeof(code));
	ssize_t size = boot_install_read(r, "stage2.bin", stage2,
					 sizeof(stage2));
	struct boot_list *list = list_in(code, BOOT_MBR_LIST, "mbr.bin");
	struct listing listing = { list, BOOT_MBR_EXTENTS };

	if (n < 0 || size < 0 || !list)
		return -1;
	listing.first = first_sectors(stage2, (size_t)size);
	if (!listing.first)
		return -1;
	if (n > BOOT_CODE_MAX)
		return report_error("mbr.bin: more than %u bytes",
				    BOOT_CODE_MAX);
	list->n = 0;
	if (append(&area, &listing, fd, stage2, (size_t)size, "stage2.bin") ||
	    (hv && append_hv(r, &area, &listing, fd)) ||
	    put(fd, code, (size_t)n, 0))
		return -1;
	return put(fd, "\x55\xaa", 2, 510);
}

static int list_blocks(struct file *f, struct boot_list *list)
{
	struct listing listing = { list, BOOT_EXT_EXTENTS };
	struct stage2_head head;
	uint64_t off = 0;

	if (f->size < sizeof(head) || fs_read(f, 0, sizeof(head), &head))
		return report_error("stage2.bin: %s", err_text());
	listing.first = first_sectors((const uint8_t *)&head, f->size);
	if (!listing.first)
		return -1;
	while (off < f->size) {
		struct extent run;

		if (f->fs->driver->map(f, off, &run))
			return report_error("%s", err_text());
		if (run.kind != EXTENT_DISK || run.disk % SECTOR)
			return report_error("stage2.bin does not lie in whole "
					    "blocks");
		if (run.len > f->size - off)
			run.len = f->size - off;
		if (add_extent(&listing, run.disk / SECTOR, run.len / SECTOR))
			return -1;
		off += run.len;
	}
	return 0;
}

static int write_block_list(const struct recipe *r, int fd)
{
	static uint8_t block[BOOT_EXT_SIZE + 1], room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	ssize_t n = boot_install_read(r, "ext.bin", block, sizeof(block));
	struct boot_list *list = list_in(block, BOOT_EXT_LIST, "ext.bin");
	struct hostdisk disk;
	struct file f;
	struct fs fs;

	if (n < 0 || !list)
		return -1;
	if (n != BOOT_EXT_SIZE)
		return report_error("ext.bin: not %u bytes", BOOT_EXT_SIZE);
	list->n = 0;
	if (hostdisk_attach(&disk, "hd0", fd, SECTOR) ||
	    fs_mount(&fs, &disk.blk, &arena) ||
	    fs_open(&fs, "/" STAGES_STAGE2_FILE, &f))
		return report_error("%s", err_text());
	if (list_blocks(&f, list))
		return -1;
	return put(fd, block, BOOT_EXT_SIZE, 0);
}

int boot_install_write_bios(const struct recipe *r, bool hv, int fd)
{
	struct bootarea area;

	if (r->table == PART_NONE)
		return write_block_list(r, fd);
	return find_area(fd, &area) ? -1 :
	       boot_install_write_area(r, hv, fd, area);
}
