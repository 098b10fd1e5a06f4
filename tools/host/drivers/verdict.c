/*
 * A kernel drives a disk when it has the driver, and its bus's, before the root
 * is mounted, and when root= says a name that the driver gives.  A network card
 * has time until then.
 */
#include "tools/host/drivers/verdict.h"

#include <stdio.h>
#include <string.h>

const char *const advice_names[] = { "native", "pv", "neither", "unknown" };

/*
 * How Linux names the first disk of a kind (its devices.txt), and what it
 * takes: virtio's are on PCI, most others are SCSI's to Linux.
 */
static const struct device {
	const char *kind, *name;
	const char *driver[3];	/* one of them, and... */
	const char *also[3];	/* all of these; NULL at the end */
	bool hv;		/* our hypervisor drives it */
} disks[] = {
	{ "virtio", "vda", { "virtio_blk" }, { "virtio_pci" }, true },
	{ "scsi", "sda", { "virtio_scsi" }, { "virtio_pci", "sd_mod" }, true },
	{ "nvme", "nvme0n1", { "nvme" }, { NULL }, true },
	{ "ahci", "sda", { "ahci" }, { "sd_mod" }, true },
	{ "ide", "sda", { "ata_piix" }, { "sd_mod" }, true },
	{ "pvscsi", "sda", { "vmw_pvscsi" }, { "sd_mod" }, false },
};

/* Network cards, which hv.elf drives all. */
static const struct device cards[] = {
	{ "virtio", NULL, { "virtio_net" }, { "virtio_pci" } },
	{ "e1000", NULL, { "e1000" } },
	{ "e1000e", NULL, { "e1000e" } },
};

static const struct device front = {
	"xen", "xvda", { "xen-blkfront", "xen_blkfront" }, { NULL }, false
}, front_card = {
	"xen", NULL, { "xen-netfront", "xen_netfront" }
};

/* What a machine's own path has is virtio (tools/vm), but Xen's. */
static const struct device *disk_of(const struct profile *p)
{
	const char *kind = p->disk ? p->disk : "virtio";

	if (!profile_has(p, "bios") && !profile_has(p, "uefi"))
		return &front;
	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++)
		if (!strcmp(disks[i].kind, kind))
			return &disks[i];
	return NULL;
}

/* LATE: also what comes once the root is mounted. */
static enum driven has(const struct verdict_entry *e, const char *const *names,
		       bool late)
{
	char line[64];

	for (; *names; names++) {
		snprintf(line, sizeof(line), "\n%s\n", *names);
		if ((e->drivers && strstr(e->drivers, line)) ||
		    (late && e->late && strstr(e->late, line)))
			return DRIVEN_YES;
	}
	return (late ? e->late_builtins : e->builtins) ? DRIVEN_NO :
							 DRIVEN_UNKNOWN;
}

/* The first that is missing; NULL: none, as far as KNOWN. */
static const char *missing(const struct verdict_entry *e,
			   const struct device *d, bool late,
			   enum driven *known)
{
	const char *lacks = NULL;

	*known = has(e, d->driver, late);
	if (*known == DRIVEN_NO)
		lacks = d->driver[0];
	for (unsigned i = 0; d->also[i] && !lacks; i++) {
		const char *one[] = { d->also[i], NULL };
		enum driven also = has(e, one, late);

		if (also < *known)
			*known = also;
		if (also == DRIVEN_NO)
			lacks = d->also[i];
	}
	return lacks;
}

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* Whether root= is the name of a disk by its driver: the name. */
static const char *disk_name(const struct verdict_entry *e)
{
	static const char *const kinds[] = { "xvd", "sd", "hd", "vd", "nvme",
					     "mmcblk" };
	const char *name = e->root + 5;

	if (!starts(e->root, "/dev/"))
		return NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (starts(name, kinds[i]) && !strchr(name, '/'))
			return name;
	return NULL;
}

/* NAME is the disk DISK or, where there is a table, a partition of it. */
static bool is_on(const char *name, const char *disk, bool table)
{
	if (!starts(name, disk))
		return false;
	name += strlen(disk);
	if (table && starts(disk, "nvme") && *name++ != 'p')
		return false;
	/* The whole of a disk with a table is no file system. */
	return table ? *name && !name[strspn(name, "0123456789")] : !*name;
}

/* A kernel by itself reads no file system's UUID. */
static bool wants_initrd(const struct verdict_entry *e)
{
	return !e->initrd && (starts(e->root, "UUID=") ||
			      starts(e->root, "LABEL=") ||
			      starts(e->root, "/dev/disk/") ||
			      starts(e->root, "/dev/mapper/"));
}

/* Whether E has what it takes on D, whose disk is called NAME; WHY not. */
static enum driven drives(struct verdict *v, const struct verdict_entry *e,
			  const struct device *d, const char *name,
			  char why[112])
{
	const char *lacks = missing(e, d, false, &v->has), *root = disk_name(e);

	v->driver = d->driver[0];
	/* The settings may call a partition as if it were a disk. */
	v->root_named = !wants_initrd(e) &&
			(!root || is_on(root, name, e->table) ||
			 (name == e->vdev && !strcmp(root, name)));
	why[0] = 0;
	if (lacks)
		snprintf(why, 112, "no %s", lacks);
	else if (wants_initrd(e))
		snprintf(why, 112, "root=%.40s without an initrd", e->root);
	else if (!v->root_named)
		snprintf(why, 112, "root=%.40s, but the disk is %s", e->root,
			 name);
	return why[0] ? DRIVEN_NO : v->has;
}

static void advise(struct verdict *v, enum advice advice, const char *text)
{
	v->advice = advice;
	snprintf(v->text, sizeof(v->text), "%s", text);
}

/* As a guest, by the disk's name in the settings or one that they can have. */
static enum driven as_guest(const struct verdict_entry *e,
			    const struct device *d, char why[112], char vbd[16])
{
	struct verdict as;
	const char *root = disk_name(e);
	const char *name = e->vdev[0] ? e->vdev : front.name;

	vbd[0] = 0;
	if (!d->hv || !e->pv) {
		snprintf(why, 112, d->hv ? "no PV kernel" :
			 "hv.elf does not drive %s", d->kind);
		return DRIVEN_NO;
	}
	if (root && !e->vdev[0] && !is_on(root, name, e->table) &&
	    (starts(root, "xvd") || starts(root, "sd") || starts(root, "hd"))) {
		snprintf(vbd, 16, "%.*s", e->table ?
			 (int)strcspn(root, "0123456789") : 15, root);
		name = vbd;
	}
	return drives(&as, e, &front, name, why);
}

static void judge_host(struct verdict *v, const struct verdict_entry *e,
		       const struct device *d)
{
	char own[112], guest[112], vbd[16];
	enum driven native = drives(v, e, d, d->name, own), pv;

	if (!e->native) {
		native = DRIVEN_NO;
		snprintf(own, sizeof(own), "the kernel is for Xen only");
	}
	pv = as_guest(e, d, guest, vbd);
	if (native == DRIVEN_YES) {
		advise(v, ADVICE_NATIVE, "native");
	} else if (pv == DRIVEN_YES) {
		v->advice = ADVICE_PV;
		snprintf(v->text, sizeof(v->text), "as a PV guest (pv=always%s"
			 "%s%s)", vbd[0] ? ", vbd=" : "", vbd,
			 vbd[0] ? ":hd0" : "");
	} else if (native == DRIVEN_UNKNOWN || pv == DRIVEN_UNKNOWN) {
		advise(v, ADVICE_UNKNOWN, "not known: there is no list of what "
		       "the kernel has built in");
	} else {
		v->advice = ADVICE_NEITHER;
		snprintf(v->text, sizeof(v->text), "neither: %s; as a PV "
			 "guest: %s", own, guest);
	}
}

/* A machine of Xen's: there a PV guest is what is native. */
static void judge_xen(struct verdict *v, const struct verdict_entry *e,
		      const struct profile *p)
{
	char why[112];
	const char *name = p->vdev ? p->vdev : e->vdev[0] ? e->vdev :
			   front.name;
	enum driven known = drives(v, e, &front, name, why);

	if (!e->pv)
		snprintf(why, sizeof(why), "no PV kernel");
	else if (p->vdev && e->table)
		snprintf(why, sizeof(why), "the image has a partition table: "
			 "it is no %s", p->vdev);
	if (why[0]) {
		v->advice = ADVICE_NEITHER;
		snprintf(v->text, sizeof(v->text), "neither: %s", why);
	} else if (known == DRIVEN_UNKNOWN) {
		advise(v, ADVICE_UNKNOWN, "not known: there is no list of what "
		       "the kernel has built in");
	} else {
		advise(v, ADVICE_NATIVE, "native");
	}
}

/* It boots without one, so this only adds to the advice. */
static void judge_card(struct verdict *v, const struct verdict_entry *e,
		       const struct profile *p)
{
	const struct device *card = NULL;
	size_t used = strlen(v->text);
	const char *lacks;

	for (size_t i = 0; p->nic && i < sizeof(cards) / sizeof(cards[0]); i++)
		if (!strcmp(cards[i].kind, p->nic))
			card = &cards[i];
	if (!card)
		return;
	v->nic = card->kind;
	if (v->advice == ADVICE_PV)
		card = &front_card;
	v->nic_driver = card->driver[0];
	lacks = missing(e, card, true, &v->has_nic);
	if (lacks && (v->advice == ADVICE_NATIVE || v->advice == ADVICE_PV))
		snprintf(v->text + used, sizeof(v->text) - used,
			 ", without a network: no %s", lacks);
}

void verdict_judge(struct verdict *v, const struct verdict_entry *e,
		   const struct profile *p)
{
	const struct device *d = disk_of(p);

	*v = (struct verdict){ .advice = ADVICE_UNKNOWN };
	if (!d) {
		advise(v, ADVICE_UNKNOWN, "not known");
		return;
	}
	v->disk = d->kind;
	if (d == &front)
		judge_xen(v, e, p);
	else
		judge_host(v, e, d);
	judge_card(v, e, p);
}
