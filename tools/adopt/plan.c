/*
 * A bare file system goes behind the boot partitions of a new GPT; a disk keeps
 * its table, and what is new goes behind its end.  Where an MBR's first
 * partition begins too early for a boot area, all of the disk moves up by the
 * same distance: records of logical partitions count from the extended one, so
 * that they move unchanged.
 */
#include "tools/adopt/plan.h"

#include <stdio.h>
#include <string.h>

#include "loader/disk/bootarea.h"
#include "tools/adopt/guestdev.h"
#include "tools/report.h"

#define MIB (1ull << 20)
#define BIOS_SIZE (4 * MIB)
#define ESP_SIZE (64 * MIB)
#define GAP (2048 * OLD_SECTOR)	/* what an MBR keeps for the boot area */
#define GPT_ENTRIES 128		/* of a new one */
#define BIOS_LEAST MIB		/* stage 2, hv.elf, settings */

static uint64_t round_up(uint64_t n)
{
	return (n + MIB - 1) & -MIB;
}

const char *plan_role_name(enum plan_role role)
{
	static const char *const names[] = {
		[PLAN_ROOT] = "root", [PLAN_BIOS] = "BIOS boot",
		[PLAN_ESP] = "ESP", [PLAN_SWAP] = "swap",
		[PLAN_EPHEMERAL] = "ephemeral",
	};

	return names[role];
}

const struct plan_part *plan_part(const struct plan *p, enum plan_role role)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->part[i].role == role)
			return &p->part[i];
	return NULL;
}

/* SIZE bytes behind what P has so far. */
static struct plan_part *add(struct plan *p, enum plan_role role,
			     unsigned number, uint64_t size)
{
	struct plan_part *part = &p->part[p->n++];

	*part = (struct plan_part){ .role = role, .number = number,
				    .offset = p->size, .size = size };
	p->size = round_up(p->size + size);
	return part;
}

/* ---- names ---- */

/* As root= of what starts says, else fstab; EC2's is the last resort. */
static void choose_names(struct plan *p, const struct old *o)
{
	struct guestdev d = { "xvda", 1 };
	bool found = guestdev_read(&d, o->root_name);

	for (unsigned i = 0; !found && i < o->fstab.n; i++)
		found = !strcmp(o->fstab.line[i].where, "/") &&
			guestdev_read(&d, o->fstab.line[i].device);
	if (!found)
		d = (struct guestdev){ "xvda", 1 };
	snprintf(p->disk, sizeof(p->disk), "%s", d.disk);
	if (o->bare && d.part)
		snprintf(p->guest, sizeof(p->guest), "%s%u", d.disk, d.part);
	else
		snprintf(p->guest, sizeof(p->guest), "%s", d.disk);
}

/* Whether OLD, as it will be seen, has what L names, or we cannot tell. */
static bool has_device(const struct plan *p, const struct old *o,
		       const struct fstab_line *l)
{
	struct guestdev d;
	char name[24];

	if (!guestdev_read(&d, l->device))
		return true;
	snprintf(name, sizeof(name), d.part ? "%s%u" : "%s", d.disk, d.part);
	if (o->bare)
		return !strcmp(name, p->guest);
	return !strcmp(d.disk, p->disk) &&
	       (!d.part || part_find(&o->parts, d.part - 1));
}

/* The first line of fstab that wants a device for ROLE that OLD lacks. */
static const struct fstab_line *wanted(const struct plan *p,
				       const struct old *o, enum plan_role role)
{
	for (unsigned i = 0; i < o->fstab.n; i++) {
		const struct fstab_line *l = &o->fstab.line[i];

		if (!strcmp(l->type, "swap") == (role == PLAN_SWAP) &&
		    strcmp(l->where, "/") && !has_device(p, o, l))
			return l;
	}
	return NULL;
}

static bool number_taken(const struct plan *p, unsigned number)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->part[i].number == number)
			return true;
	return false;
}

static bool number_free(const struct plan *p, const struct old *o,
			unsigned number)
{
	return !part_find(&o->parts, number - 1) && !number_taken(p, number);
}

/* WISH, or the highest that is free; 0: none. */
static unsigned find_number(const struct plan *p, const struct old *o,
			    unsigned wish, unsigned most)
{
	unsigned n = most;

	if (wish <= most && number_free(p, o, wish))
		return wish;
	while (n && !number_free(p, o, n))
		n--;
	return n;
}

/*
 * For the device D; 0: the table has no entry for it.  A partition of the disk
 * that OLD is has its number there, anything else is found by the settings.
 */
static unsigned wanted_number(const struct plan *p, const struct old *o,
			      const struct guestdev *d)
{
	unsigned most = o->bare ? GPT_ENTRIES :
			p->table == PART_MBR ? 4 : o->table_entries;
	bool own = d->part && !strcmp(d->disk, p->disk);
	unsigned n = 2;

	if (own && d->part <= most && number_free(p, o, d->part))
		return d->part;
	while (n <= most && !number_free(p, o, n))
		n++;
	return n > most || (own && !o->bare) ? 0 : n;
}

/* What fstab wants for ROLE, SIZE bytes; 0: only say what is missing. */
static int add_wanted(struct plan *p, const struct old *o, enum plan_role role,
		      uint64_t size, char why[PLAN_WHY])
{
	const struct fstab_line *l = wanted(p, o, role);
	const char *option = plan_role_name(role);
	struct plan_part *part;
	struct guestdev d;
	unsigned number;

	if (l && !size)
		snprintf(why, PLAN_WHY, "fstab wants %s%s%s, which is not "
			 "there", l->device,
			 role == PLAN_SWAP ? " as swap" : " at ",
			 role == PLAN_SWAP ? "" : l->where);
	if (!size)
		return 0;
	if (!l)
		return report_error("--%s: /etc/fstab wants no such device "
				    "that is missing", option);
	guestdev_read(&d, l->device);
	number = wanted_number(p, o, &d);
	if (!number)
		return report_error("--%s: the table has no entry for %s",
				    option, l->device);
	part = add(p, role, number, size & -4096ull);
	snprintf(part->guest, sizeof(part->guest), d.part ? "%s%u" : "%s",
		 d.disk, d.part);
	part->own = !o->bare && !strcmp(d.disk, p->disk);
	snprintf(part->type, sizeof(part->type), "%s", l->type);
	return 0;
}

/* ---- places ---- */

static int plan_bare(struct plan *p, const struct old *o,
		     const struct plan_asked *a)
{
	struct plan_part *part;

	p->table = PART_GPT;
	p->size = MIB;
	part = add(p, PLAN_BIOS, 14, BIOS_SIZE);
	p->bios = (struct bios_area){ part->offset, part->size };
	add(p, PLAN_ESP, 15, ESP_SIZE);
	part = add(p, PLAN_ROOT, 1, o->size);
	p->to = part->offset;
	p->len = o->size;
	if (add_wanted(p, o, PLAN_SWAP, a->swap, p->swap_why) ||
	    add_wanted(p, o, PLAN_EPHEMERAL, a->ephemeral, p->ephemeral_why))
		return -1;
	p->size += MIB;		/* the table's copy */
	return 0;
}

static void add_esp(struct plan *p, const struct old *o, unsigned wish,
		    unsigned most)
{
	const struct part *own = part_esp(&o->parts);
	unsigned number = find_number(p, o, wish, most);

	if (own)
		snprintf(p->uefi_why, sizeof(p->uefi_why), "partition %u is an "
			 "EFI system partition of its own, which stays as it "
			 "is: `twinboot install' renews what is on it",
			 own->number + 1);
	else if (!number)
		snprintf(p->uefi_why, sizeof(p->uefi_why), "the table has no "
			 "free %s for an EFI system partition",
			 p->table == PART_GPT ? "entry" : "primary entry");
	else
		add(p, PLAN_ESP, number, ESP_SIZE);
}

static int plan_gpt(struct plan *p, const struct old *o)
{
	struct bootarea own;
	bool has_own = bootarea_find(&o->disk.blk, &o->parts, &own);
	unsigned number = find_number(p, o, 14, o->table_entries);
	uint64_t end = 0;

	for (unsigned i = 0; i < o->parts.n; i++)
		if (o->parts.part[i].first + o->parts.part[i].count > end)
			end = o->parts.part[i].first + o->parts.part[i].count;
	p->len = end * OLD_SECTOR - p->from;
	p->own_boot = has_own ? own.first : 0;
	if (has_own && own.sectors * OLD_SECTOR >= BIOS_LEAST) {
		p->bios = (struct bios_area){ own.first * OLD_SECTOR,
					      own.sectors * OLD_SECTOR };
	} else if (has_own || !number) {
		snprintf(p->bios_why, sizeof(p->bios_why), has_own ?
			 "its BIOS boot partition is smaller than 1 MiB" :
			 "the table has no free entry for a BIOS boot "
			 "partition");
	} else {
		const struct plan_part *part = add(p, PLAN_BIOS, number,
						   BIOS_SIZE);

		p->bios = (struct bios_area){ part->offset, part->size };
	}
	add_esp(p, o, 15, o->table_entries);
	p->size += MIB;
	return 0;
}

static int plan_mbr(struct plan *p, const struct old *o)
{
	p->len = o->size - p->from;
	p->bios = (struct bios_area){ OLD_SECTOR, p->to - OLD_SECTOR };
	add_esp(p, o, 4, 4);
	if (p->size / OLD_SECTOR > UINT32_MAX)
		return report_error("%s: too large for an MBR when it has room "
				    "for boot code", o->image->path);
	return 0;
}

static int plan_disk(struct plan *p, const struct old *o,
		     const struct plan_asked *a)
{
	p->table = o->parts.table;
	p->from = p->to = o->first * OLD_SECTOR;
	if (p->table == PART_MBR && p->to < GAP)
		p->to = GAP;
	p->size = round_up(o->size + p->to - p->from);
	if (add_wanted(p, o, PLAN_SWAP, a->swap, p->swap_why) ||
	    add_wanted(p, o, PLAN_EPHEMERAL, a->ephemeral, p->ephemeral_why))
		return -1;
	return p->table == PART_GPT ? plan_gpt(p, o) : plan_mbr(p, o);
}

/* ---- settings ---- */

static void write_settings(struct plan *p, const struct old *o, bool pv_auto)
{
	char *s = p->settings, *end = s + sizeof(p->settings);
	bool whole = true;

	s += snprintf(s, (size_t)(end - s), "pv=%s\n",
		      pv_auto ? "auto" : "always");
	/* As soon as one is named, the disk has to be, too. */
	for (unsigned i = 0; i < p->n; i++)
		whole &= !p->part[i].guest[0] || p->part[i].own;
	if (!o->bare && (!whole || strcmp(p->disk, "xvda")))
		s += snprintf(s, (size_t)(end - s), "vbd=%s:hd0\n", p->disk);
	for (unsigned i = 0; i < p->n; i++)
		if (p->part[i].role == PLAN_ROOT ||
		    (p->part[i].guest[0] && !p->part[i].own))
			s += snprintf(s, (size_t)(end - s), "vbd=%s:hd0,%u\n",
				      p->part[i].role == PLAN_ROOT ? p->guest :
				      p->part[i].guest, p->part[i].number - 1);
	if (o->bare || o->entries.hd0)
		snprintf(s, (size_t)(end - s), "hd0=hd0,%d\n", o->bare ? 0 :
			 o->entries.part);
}

int plan_make(struct plan *p, const struct old *o, const struct plan_asked *a)
{
	*p = (struct plan){ 0 };
	choose_names(p, o);
	if (o->bare ? plan_bare(p, o, a) : plan_disk(p, o, a))
		return -1;
	write_settings(p, o, a->pv_auto);
	return 0;
}
