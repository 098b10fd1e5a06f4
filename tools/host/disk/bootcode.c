/*
 * What firmware would start.  The BIOS stages are followed as the boot block
 * follows them: its list of extents, then stage 2's head and checksum,
 * and the second part's hash (loader/disk/bootblock.h).  An EFI program is ours
 * when it says so in its section .sbat; the name of its file says nothing.
 */
#include "tools/host/disk/bootcode.h"

#include <stdio.h>
#include <string.h>

#include "loader/abi/pe.h"
#include "loader/base/err.h"
#include "loader/base/span.h"
#include "loader/disk/boothv.h"
#include "loader/disk/bootlist.h"
#include "loader/disk/xxh64.h"
#include "loader/fs/fs.h"
#include "tools/host/disk/eltorito.h"

#define LOADER "/EFI/BOOT/BOOTX64.EFI"

struct stage2 {
	struct blk *disk;
	const struct boot_list *list;
	unsigned max;		/* extents that the list has room for */
	uint8_t first[STAGE2_MAX];
	uint8_t second[STAGE2_SECOND_MAX];
};

static bool find_list(struct stage2 *s, const uint8_t *block)
{
	const struct boot_list *mbr, *ext;

	mbr = (const struct boot_list *)(block + BOOT_MBR_LIST);
	ext = (const struct boot_list *)(block + BOOT_EXT_LIST);
	s->list = mbr->magic == BOOT_LIST_MAGIC ? mbr : ext;
	s->max = s->list == mbr ? BOOT_MBR_EXTENTS : BOOT_EXT_EXTENTS;
	return s->list->magic == BOOT_LIST_MAGIC;
}

/* The sectors that the boot block itself reads; 0: it would refuse. */
static uint32_t first_sectors(const struct stage2 *s)
{
	unsigned n = s->list->n, most = s->max == BOOT_MBR_EXTENTS ? 1 : s->max;
	uint32_t sum = 0;

	for (unsigned i = 0; n <= most && i < n; i++) {
		if (s->list->extent[i].sectors > STAGE2_MAX / 512 - sum)
			return 0;
		sum += s->list->extent[i].sectors;
	}
	return sum;
}

static bool adds_up(const struct stage2 *s, uint32_t sectors)
{
	const struct stage2_head *head = (const struct stage2_head *)s->first;
	const uint32_t *word = (const uint32_t *)s->first;
	uint32_t sum = 0;

	if (head->magic != STAGE2_MAGIC || head->size != sectors * 512)
		return false;
	for (size_t i = 0; i < sectors * 512 / 4; i++)
		sum += word[i];
	return !sum;
}

/* As mbr/bios/second.c checks it, when something needs it. */
static bool second_is_whole(struct stage2 *s)
{
	const struct stage2_head *head = (const struct stage2_head *)s->first;

	if (head->second > sizeof(s->second) || head->second % 512 ||
	    bootlist_read(s->disk, s->list, s->list->n, s->max, 0,
			  head->second / 512, s->second)) {
		err_clear();
		return false;
	}
	return xxh64_hash(s->second, head->second) == head->second_hash;
}

static enum carried check_stage2(struct stage2 *s, char why[128],
				 bool *no_second)
{
	uint32_t sectors = first_sectors(s);

	if (!sectors) {
		snprintf(why, 128, "the boot block's list is damaged");
		return CARRIED_BROKEN;
	}
	if (bootlist_read(s->disk, s->list, 0, s->list->n, 0, sectors,
			  s->first)) {
		snprintf(why, 128, "stage 2: %.100s", err_text());
		err_clear();
		return CARRIED_BROKEN;
	}
	if (!adds_up(s, sectors)) {
		snprintf(why, 128, "stage 2 is damaged, or not where the boot "
			 "block looks");
		return CARRIED_BROKEN;
	}
	*no_second = !second_is_whole(s);
	snprintf(why, 128, "%s", *no_second ? "the second part of stage 2 is "
		 "damaged, or not where the boot block's list says" : "");
	return CARRIED_OURS;
}

enum carried bootcode_bios(struct blk *disk, char why[128], bool *no_second)
{
	static uint8_t block[BOOT_EXT_SIZE];
	static struct stage2 s;

	s.disk = disk;
	*no_second = false;
	if (disk->sector != 512) {
		snprintf(why, 128, "sectors of %u bytes", disk->sector);
		return CARRIED_NOT;
	}
	if (blk_read(disk, 0, 2, block)) {
		err_clear();
		snprintf(why, 128, "the boot sector cannot be read");
		return CARRIED_NOT;
	}
	if (eltorito_read(disk).bios) {
		snprintf(why, 128, "a CD with somebody else's boot image");
		return CARRIED_FOREIGN;
	}
	snprintf(why, 128, "no boot code");
	if (block[510] != 0x55 || block[511] != 0xaa || !block[0])
		return CARRIED_NOT;
	snprintf(why, 128, "boot code of somebody else");
	return find_list(&s, block) ? check_stage2(&s, why, no_second) :
	       CARRIED_FOREIGN;
}

/* The list of DISK's own boot block, and the second part's sectors. */
static bool find_hv(struct stage2 *s, uint8_t *block, struct boothv *hv)
{
	struct stage2_head *head = (struct stage2_head *)s->first;

	if (s->disk->sector != 512 || blk_read(s->disk, 0, 2, block) ||
	    !find_list(s, block) ||
	    bootlist_read(s->disk, s->list, 0, s->max, 0, 1, s->first) ||
	    head->magic != STAGE2_MAGIC || s->list->n > s->max)
		return false;
	*hv = (struct boothv){ .disk = s->disk, .list = s->list,
			       .max = s->max, .skip = head->second / 512 };
	return true;
}

int bootcode_open_hv(const struct platform *p, struct file *out)
{
	static uint8_t block[BOOT_EXT_SIZE];
	static struct stage2 s;
	struct boothv hv;
	uint8_t *to;
	int err;

	s.disk = p->disk[0];
	if (!find_hv(&s, block, &hv)) {
		err_clear();
		return ERR_FILE_NOT_FOUND;
	}
	if ((err = boothv_find(&hv)))
		return err;
	to = arena_alloc_raw(p->arena, boothv_room(&hv), 16);
	if (!to)
		return ERR_NO_MEMORY;
	err = boothv_read(&hv, to);
	fs_mem_file(out, to, hv.head.size);
	return err;
}

/* ---- UEFI ---------------------------------------------------------------- */

#define FIELD(name) offsetof(struct pe_header, name)

/* What a PE/COFF file says of itself (loader/abi/pe.h). */
struct efi_file {
	bool pe;		/* for x86-64 */
	bool is_signed;		/* has a certificate table */
	bool cut;		/* a section lies behind the file's end */
	char sbat[256];		/* the start of its section .sbat, or "" */
};

static void look_at_section(struct efi_file *e, struct file *f, struct span s,
			    uint64_t at)
{
	const void *entry = span_at(&s, at, sizeof(struct pe_section));
	struct pe_section is;
	uint64_t size;

	if (!entry)
		return;
	memcpy(&is, entry, sizeof(is));
	size = is.raw_size;
	if (!size)
		return;
	if (is.raw_offset > f->size || size > f->size - is.raw_offset) {
		e->cut = true;
		return;
	}
	if (memcmp(is.name, ".sbat\0\0", sizeof(is.name)))
		return;
	if (size > is.virtual_size)
		size = is.virtual_size;
	if (size > sizeof(e->sbat) - 1)
		size = sizeof(e->sbat) - 1;
	if (fs_read(f, is.raw_offset, size, e->sbat))
		e->cut = true;
}

static void look_at_efi(struct efi_file *e, struct file *f)
{
	static uint8_t head[8192];
	size_t len = f->size < sizeof(head) ? f->size : sizeof(head);
	struct span s = span_of(head, len);
	uint64_t pe, table;
	unsigned n;

	*e = (struct efi_file){ .cut = fs_read(f, 0, len, head) };
	pe = span_u32(&s, PE_MZ_OFFSET);
	n = span_u16(&s, pe + FIELD(n_sections));
	table = pe + FIELD(optional_magic) +
		span_u16(&s, pe + FIELD(optional_size));
	e->is_signed = span_u32(&s, pe + sizeof(struct pe_header) +
		PE_DIRECTORY_CERTIFICATES * sizeof(struct pe_directory) +
		offsetof(struct pe_directory, size));
	e->pe = span_u32(&s, pe) == PE_MAGIC &&
		span_u16(&s, pe + FIELD(optional_magic)) == PE_OPTIONAL_PLUS &&
		!s.bad;
	for (unsigned i = 0; e->pe && i < n && i < PE_SECTIONS_MAX; i++)
		look_at_section(e, f, s, table + i * sizeof(struct pe_section));
	err_clear();
}

/* "twinboot" of "sbat,1,...\ntwinboot,1,...": whose program it is. */
static void vendor(const struct efi_file *e, char *name, size_t size)
{
	const char *line = strchr(e->sbat, '\n');

	snprintf(name, size, "%.*s", line ? (int)strcspn(line + 1, ",\n") : 0,
		 line ? line + 1 : "");
	for (char *c = name; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

static enum carried judge_efi(const struct efi_file *e, char why[128])
{
	char who[40];

	vendor(e, who, sizeof(who));
	if (!e->pe) {
		snprintf(why, 128, LOADER " is no x86-64 EFI program");
		return CARRIED_BROKEN;
	}
	if (e->cut) {
		snprintf(why, 128, LOADER " is cut short");
		return CARRIED_BROKEN;
	}
	why[0] = 0;
	if (!strcmp(who, "twinboot"))
		return CARRIED_OURS;
	snprintf(why, 128, LOADER " is %s", who[0] ? who :
		 "a program of somebody else");
	return CARRIED_FOREIGN;
}

/* Whether B is a file system with a loader: then *C is what it is. */
static bool look_at_esp(struct blk *b, enum carried *c, char why[128],
			bool *is_signed)
{
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	struct efi_file e;
	struct file f;
	struct fs fs;

	if (fs_mount(&fs, b, &arena) || fs_open(&fs, LOADER, &f)) {
		snprintf(why, 128, "EFI system partition: %.100s", err_text());
		err_clear();
		*c = CARRIED_BROKEN;
		return false;
	}
	look_at_efi(&e, &f);
	*c = judge_efi(&e, why);
	if (is_signed)
		*is_signed = e.is_signed;
	return true;
}

/* Of several, firmware starts from the first that has the file. */
enum carried bootcode_uefi(struct blk *disk, const struct part_list *parts,
			  char why[128], bool *is_signed)
{
	enum carried c = CARRIED_NOT, first = CARRIED_NOT;
	char said[128];
	struct part_blk blk;

	if (!parts->n && look_at_esp(disk, &c, why, is_signed))
		return c;
	if (!parts->n && eltorito_read(disk).uefi) {
		snprintf(why, 128, "a CD with somebody else's boot image");
		return CARRIED_FOREIGN;
	}
	snprintf(why, 128, "no EFI system partition");
	for (unsigned i = 0; i < parts->n; i++) {
		if (!part_is_esp(&parts->part[i]) ||
		    part_open(disk, parts, parts->part[i].number, &blk)) {
			err_clear();
			continue;
		}
		if (look_at_esp(&blk.blk, &c, said, is_signed)) {
			memcpy(why, said, 128);
			return c;
		}
		if (first == CARRIED_NOT) {
			first = c;
			memcpy(why, said, 128);
		}
	}
	return first;
}
