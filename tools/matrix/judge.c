/*
 * A boot is judged by what it says of itself, against what the image promises:
 * never against another boot, so a diagnosis speaks of one path only.  What is
 * said counts as evidence if the image has who says it.
 */
#include "tools/matrix/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/matrix/observed.h"
#include "tools/vm/console.h"

void judge_decide(struct cell *c, enum cell_status s, const char *format, ...)
{
	va_list ap;

	c->status = s;
	va_start(ap, format);
	vsnprintf(c->why, sizeof(c->why), format, ap);
	va_end(ap);
}

static const char *get(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

/* What is known to be wrong with the image and would explain a failure. */
static const char *cause(const struct cell *c)
{
	const struct expected *p = c->promise;
	bool bios = !c->path->kernel && !c->path->uefi;

	if (bios && (p->bios == CARRIED_BROKEN || p->no_second))
		return p->bios_why;
	if (c->path->uefi && p->uefi == CARRIED_BROKEN)
		return p->uefi_why;
	if (p->initrd_why[0])
		return p->initrd_why;
	/* Others' loaders may read the same file otherwise. */
	if (!p->menu_why[0])
		return NULL;
	return (bios && p->bios == CARRIED_FOREIGN) ||
	       (c->path->uefi && p->uefi == CARRIED_FOREIGN) ?
		p->menu_why : NULL;
}

/* Nothing came on the serial line, but there is a screen of text. */
static bool is_mute(const struct cell *c)
{
	return !c->console_len && c->screen_text && c->screen_text[0];
}

static const char *said(const struct cell *c)
{
	return console_last_words(is_mute(c) ? c->screen_text : c->console);
}

/* What may be the matter, to be said behind a failure; "": nobody knows. */
static const char *hint(const struct cell *c)
{
	const char *args = c->promise->cmdline;

	if (is_mute(c))
		return "; that is its screen: nothing came on the serial line, "
		       "for which its command line needs console=ttyS0";
	if (!args)
		return "";
	if (c->path->pv && !c->profile->vdev && !c->promise->partitions &&
	    (strstr(args, "/dev/xvda1") || strstr(args, "/dev/sda1")))
		return "; it wants to be xvda1: try --profiles xen-pv-part";
	return c->path->pv || strstr(args, "console=ttyS") ? "" :
	       "; its command line names no serial console";
}

static void fail_boot(struct cell *c)
{
	const char *why = get(c->result, "why"), *known = cause(c);

	if (known)
		judge_decide(c, CELL_FAIL, "%s (%s; it said: %s)", known, why,
		       said(c));
	else
		judge_decide(c, CELL_FAIL, "%s; it said: %s%s", why,
			     said(c), hint(c));
}

static void fail_fact(struct cell *c, const json_t *fact)
{
	char why[sizeof(c->why)];

	observed_why(fact, why, sizeof(why));
	if (cause(c))
		judge_decide(c, CELL_FAIL, "%s (%.180s)", cause(c), why);
	else
		judge_decide(c, CELL_FAIL, "%s", why);
}

void cell_agree(struct cell *c, const struct cell *earlier)
{
	char name[96];

	cell_name(c, name, sizeof(name));
	observed_agree(c->facts, earlier->facts, c->differences, name);
	if ((c->status == CELL_PASS || c->status == CELL_UNCHECKED) &&
	    observed_difference(c->facts))
		fail_fact(c, observed_difference(c->facts));
}

/* Who of those that speak on this path is known to be the image's own. */
static struct observed_trust trusted(const struct cell *c)
{
	const struct expected *p = c->promise;
	bool ours = c->path->pv || (!c->path->kernel &&
		    (c->path->uefi ? p->uefi : p->bios) == CARRIED_OURS);

	return (struct observed_trust){
		.loader = ours, .kernel = p->probe_kernel,
		.userspace = p->probe_init || c->variant->probe,
	};
}

static void find_evidence(struct cell *c)
{
	struct observed_trust trust = trusted(c);

	c->evidence = observed_evidence(c->facts, &trust);
	if (c->expect && c->seen)
		json_array_append_new(c->evidence, json_string("--expect"));
	if (!json_array_size(c->evidence))
		judge_decide(c, CELL_UNCHECKED, "%s, and nothing that it was "
			     "given could be checked (see --probe-init and "
			     "--expect); it said: %s",
			     get(c->result, "why"),
			     said(c));
}

/* Whether its kernel is a PV guest, which the image's settings are for. */
static bool is_guest(const struct cell *c)
{
	const struct expected *p = c->promise;

	return c->path->pv || (!c->path->kernel &&
	       (c->path->uefi ? p->uefi_hv : p->bios_hv));
}

/* As a PV guest has it; elsewhere the kernel's root= is an alias at most. */
static const char *vdev_of(const struct cell *c)
{
	if (!is_guest(c) || c->profile->vdev)
		return c->profile->vdev;
	return c->promise->vdev[0] ? c->promise->vdev : NULL;
}

static const char *card_of(const struct cell *c)
{
	const struct vm_nic *nic = cell_nic(c);

	if (!nic || !nic->device)
		return "none";
	return is_guest(c) && c->promise->card[0] ? c->promise->card :
		EXTRA_MAC;
}

void judge_boot(struct cell *c, enum vm_end end)
{
	struct observed_machine machine = {
		.mem_mb = EXPECTED_MEM_MB, .vdev = vdev_of(c),
		.cpus = c->extra->smp ? c->extra->smp : 1, .card = card_of(c),
	};
	char name[96];

	c->status = CELL_PASS;
	c->why[0] = 0;
	cell_name(c, name, sizeof(name));
	c->facts = observed_compare(c->result, c->promise, &machine,
				 c->differences, name);
	if (end == VM_ERROR)
		judge_decide(c, CELL_ERROR, "%s", get(c->result, "why"));
	else if (c->expect && !c->seen)
		judge_decide(c, CELL_FAIL, "what was expected did not come "
			     "(%s); it said: %.150s%s", get(c->result, "why"),
			     said(c), hint(c));
	else if (end != VM_POWEROFF && !c->seen)
		fail_boot(c);
	else if (observed_difference(c->facts))
		fail_fact(c, observed_difference(c->facts));
	else
		find_evidence(c);
}
