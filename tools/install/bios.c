/*
 * The installer writes to a scratch file with the same table; what it wrote
 * there is what the disk gets.
 */
#include "tools/install/bios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/disk/bootarea.h"
#include "loader/disk/bootblock.h"
#include "tools/image/disk/boot_install.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define ROOM (8u << 11)		/* sectors: more than all code takes */
#define GAP_LEAST 2047u		/* sectors between an MBR and a partition */

struct span_of_sectors {
	uint64_t first, end;
};

/* What the list in SECTOR names, cut to AREA; false: it is not one of ours. */
static bool used_by_ours(const uint8_t *sector, const struct bootarea *area,
			 struct span_of_sectors *used)
{
	const struct boot_list *list;
	uint64_t end = area->first + area->sectors;

	list = (const struct boot_list *)(sector + BOOT_MBR_LIST);
	*used = (struct span_of_sectors){ UINT64_MAX, 0 };
	if (list->magic != BOOT_LIST_MAGIC)
		return false;
	for (unsigned i = 0; i < BOOT_MBR_EXTENTS; i++) {
		const struct boot_extent *e = &list->extent[i];
		uint64_t last;

		if (!e->sectors || e->lba < area->first || e->lba >= end)
			continue;
		last = e->sectors < end - e->lba ? e->lba + e->sectors : end;
		if (e->lba < used->first)
			used->first = e->lba;
		if (last > used->end)
			used->end = last;
	}
	return true;
}

/* Somebody else's code: where AREA is not zero. */
static int used_by_others(int fd, const struct bootarea *area,
			  struct span_of_sectors *used)
{
	static const uint8_t zero[BIOS_SECTOR];
	uint8_t sector[BIOS_SECTOR];

	*used = (struct span_of_sectors){ UINT64_MAX, 0 };
	for (uint64_t n = area->first; n < area->first + area->sectors; n++) {
		if (pread(fd, sector, sizeof(sector), (off_t)(n * BIOS_SECTOR))
		    != sizeof(sector))
			return report_error("the boot area cannot be read");
		if (!memcmp(sector, zero, sizeof(zero)))
			continue;
		if (n < used->first)
			used->first = n;
		used->end = n + 1;
	}
	return 0;
}

/* A part of AREA with SECTORS that are not USED; false: there is none. */
static bool find_free(const struct bootarea *area, uint64_t sectors,
		      const struct span_of_sectors *used, struct bootarea *at)
{
	uint64_t end = area->first + area->sectors;

	*at = (struct bootarea){ area->first, sectors };
	if (used->first >= used->end || used->first >= end ||
	    used->end <= area->first || (used->first > area->first &&
	    used->first - area->first >= sectors))
		return true;
	at->first = (used->end + 7) & -8ull;
	return at->first < end && end - at->first >= sectors;
}

static int copy_table(int from, int to, const struct blk *disk, uint64_t end)
{
	uint8_t sector[BIOS_SECTOR];

	if (ftruncate(to, (off_t)blk_bytes(disk)))
		return report_errno("a scratch file");
	for (uint64_t n = 0; n < end; n++) {
		off_t at = (off_t)(n * BIOS_SECTOR);

		if (pread(from, sector, sizeof(sector), at) != sizeof(sector) ||
		    tempfile_write(to, (uint64_t)at, sector, sizeof(sector)))
			return report_errno("a scratch file");
	}
	return 0;
}

/* SECTORS of the scratch file TO from FIRST on. */
static int take(struct writes *w, int to, uint64_t first, uint64_t sectors,
		const char *what)
{
	size_t len = sectors * BIOS_SECTOR;
	uint8_t *data = malloc(len);
	int err = 0;

	if (!data)
		abort();
	if (pread(to, data, len, (off_t)(first * BIOS_SECTOR)) != (ssize_t)len)
		err = report_errno("a scratch file");
	else
		writes_add(w, first * BIOS_SECTOR, data, len, what);
	free(data);
	return err;
}

/* A disk that has hv.elf beside stage 2 keeps one. */
static bool has_hv(const uint8_t *sector)
{
	const struct boot_list *list;

	list = (const struct boot_list *)(sector + BOOT_MBR_LIST);
	return list->magic == BOOT_LIST_MAGIC &&
	       list->extent[BOOT_MBR_EXTENTS - 1].sectors;
}

static bool hv_is_there(const struct recipe *r)
{
	char *path = boot_install_find(r, "hv.elf");

	free(path);
	return path;
}

/* Write what BIOS starts to the scratch file TO, from sector FIRST on. */
static int write_scratch(const struct recipe *r, int fd, int to,
			 const struct blk *disk, uint64_t first, bool hv,
			 uint8_t sector[BIOS_SECTOR])
{
	struct bootarea at = { first, ROOM };

	if (copy_table(fd, to, disk, 1) ||
	    boot_install_write_area(r, hv, to, at))
		return -1;
	if (pread(to, sector, BIOS_SECTOR, 0) != BIOS_SECTOR)
		return report_errno("a scratch file");
	return 0;
}

/* Everything that SECTOR names in TO, and then the sector itself. */
static int take_all(struct writes *w, int to, const uint8_t *sector)
{
	const struct boot_list *list;

	list = (const struct boot_list *)(sector + BOOT_MBR_LIST);
	writes_step(w);
	for (unsigned i = 0; i < BOOT_MBR_EXTENTS; i++)
		if (list->extent[i].sectors &&
		    take(w, to, list->extent[i].lba, list->extent[i].sectors,
			 "BIOS stages"))
			return -1;
	writes_step(w);
	writes_add(w, 0, sector, BIOS_SECTOR, "boot sector");
	return 0;
}

static int find_area(struct blk *disk, const struct part_list *parts,
		     struct bootarea *area, char why[160])
{
	uint64_t tail = BOOTAREA_UNITS * BOOTAREA_UNIT / BIOS_SECTOR;
	bool gpt = parts->table == PART_GPT;

	if (!bootarea_find(disk, parts, area) || area->sectors <= tail) {
		snprintf(why, 160, gpt ? "there is no BIOS boot partition" :
			 parts->table == PART_NONE ?
			 "there is no partition table" :
			 "there is no room before the first partition");
		return 1;
	}
	if (!gpt && area->sectors < GAP_LEAST) {
		snprintf(why, 160, "between the table and the first partition "
			 "are %lu sectors, needed are %u", area->sectors,
			 GAP_LEAST);
		return 1;
	}
	area->sectors -= tail;
	return 0;
}

/* How many sectors it takes, all with HV or without. */
static int measure(const struct recipe *r, int fd, int to,
		   const struct blk *disk, bool hv, uint64_t *sectors)
{
	const struct bootarea room = { 1, ROOM };
	struct span_of_sectors need;
	uint8_t sector[BIOS_SECTOR];

	if (write_scratch(r, fd, to, disk, room.first, hv, sector))
		return -1;
	used_by_ours(sector, &room, &need);
	*sectors = need.end - need.first;
	return 0;
}

/*
 * Where it goes, AT; hv.elf comes along where it was, or has room: beside what
 * is there, or over it when nothing has room beside that.
 */
static int find_place(const struct recipe *r, int fd, int to,
		      const struct blk *disk, const struct bootarea *area,
		      const struct span_of_sectors *used, bool had_hv,
		      struct bios_plan *p, struct bootarea *at)
{
	uint64_t with = 0, without;

	if (measure(r, fd, to, disk, false, &without) ||
	    ((had_hv || hv_is_there(r)) &&
	     measure(r, fd, to, disk, true, &with)))
		return -1;
	p->in_place = !find_free(area, without, used, at);
	p->hv = had_hv || (with && with <= area->sectors &&
			   (p->in_place || find_free(area, with, used, at)));
	if (p->hv)
		p->in_place = !find_free(area, with, used, at);
	else if (with)
		report_note("no room for hv.elf: over BIOS nothing starts as a "
			    "PV guest");
	*at = (struct bootarea){ p->in_place ? area->first : at->first,
				 p->hv ? with : without };
	return 0;
}

static int plan(struct writes *w, const struct recipe *r, int fd, int to,
		struct blk *disk, const struct bootarea *area,
		struct bios_plan *p, char why[160])
{
	struct span_of_sectors used;
	uint8_t sector[BIOS_SECTOR], old[BIOS_SECTOR];
	struct bootarea at;

	if (pread(fd, old, sizeof(old), 0) != sizeof(old))
		return report_error("the boot sector cannot be read");
	p->foreign = !used_by_ours(old, area, &used);
	if (p->foreign && used_by_others(fd, area, &used))
		return -1;
	if (find_place(r, fd, to, disk, area, &used, has_hv(old), p, &at))
		return -1;
	if (at.sectors > area->sectors) {
		snprintf(why, 160, "the boot area has %lu sectors, needed are "
			 "%lu", area->sectors, at.sectors);
		return 1;
	}
	if (write_scratch(r, fd, to, disk, at.first, p->hv, sector))
		return -1;
	return take_all(w, to, sector);
}

int bios_plan(struct writes *w, const struct recipe *r, int fd,
	      struct blk *disk, const struct part_list *parts,
	      struct bios_plan *p, char why[160])
{
	struct bootarea area;
	int to, err = find_area(disk, parts, &area, why);

	*p = (struct bios_plan){ 0 };
	if (err)
		return err;
	to = tempfile_open(NULL);
	err = to < 0 ? -1 : plan(w, r, fd, to, disk, &area, p, why);
	if (to >= 0)
		close(to);
	return err;
}
