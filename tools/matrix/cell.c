/* A cell from start to end: whether it can be run, its boots, when they end. */
#include "tools/matrix/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/matrix/judge.h"
#include "tools/matrix/observed.h"
#include "tools/report.h"
#include "tools/vm/console.h"
#include "tools/vm/screentext.h"

#define CONSOLE_MAX (4u << 20)
#define LOOK_EVERY_MS 1000	/* at the screen of a guest that is silent */

void cell_name(const struct cell *c, char *name, size_t size)
{
	snprintf(name, size, "%s/%s/%s", c->path->name, c->profile->name,
		 c->entry);
}

const struct vm_nic *cell_nic(const struct cell *c)
{
	if (c->extra->nic || !c->profile->nic)
		return c->extra->nic;
	return extra_nic_find(c->profile->nic);
}

const char *cell_status_name(enum cell_status s)
{
	static const char *const names[] = {
		"WAITS", "RUNS", "PASS", "UNCHECKED", "FAIL", "SKIP", "ERROR",
		"MISS",
	};

	return names[s];
}

static const char *missing_boot(const struct cell *c)
{
	const struct expected *p = c->promise;

	if (c->path->pv)
		return p->pv ? NULL : p->pv_why;
	if (c->path->kernel)
		return p->direct ? NULL : p->why;
	if (!c->path->uefi && p->bios == CARRIED_NOT)
		return p->bios_why;
	if (!c->path->uefi && p->bios_refuses[0])
		return p->bios_refuses;
	if (c->path->hv && !(c->path->uefi ? p->uefi_hv : p->bios_hv))
		return "its default entry is no PV guest there";
	if (!c->path->uefi)
		return NULL;
	if (p->uefi == CARRIED_NOT)
		return p->uefi_why;
	if (p->uefi_refuses[0])
		return p->uefi_refuses;
	return !strcmp(c->path->name, "uefi-secure") && !p->uefi_signed ?
		"the loader on the ESP is not signed" : NULL;
}

/* An image that no path can start is no image for other hosts: it is broken. */
static bool has_nothing(const struct expected *p)
{
	return p->bios == CARRIED_NOT && p->uefi == CARRIED_NOT && !p->starts;
}

/* The image, or the copy that is booted in its place, is there. */
static bool is_ready(struct cell *c)
{
	enum variant_state s = variant_ready(c->variant);

	if (s != VARIANT_READY)
		judge_decide(c, s == VARIANT_SKIP ? CELL_SKIP : CELL_ERROR,
			     "%s", c->variant->why);
	return s == VARIANT_READY;
}

/* The machine must suit the image. */
static void check_profile(struct cell *c)
{
	static const char *const front[] = { "xen_blkfront", "xen-blkfront",
					     NULL };
	const struct expected *p = c->promise;
	bool guest = c->path->uefi ? p->uefi_hv : p->bios_hv;
	/* A PV guest has its hypervisor's disks, whatever the machine's. */
	const char *const *drivers = guest && !c->path->kernel ? front :
		c->profile->drivers;
	const struct vm_disk *disk = path_disk(
		c->profile->disk ? c->profile->disk : c->path->disk);

	if (c->path->dom0 && cell_nic(c) && cell_nic(c)->device)
		judge_decide(c, CELL_SKIP, "the network card would be dom0's");
	else if (p->sector != 512 && disk && !disk->takes_4k)
		judge_decide(c, CELL_SKIP, "no %s disk has sectors of %u bytes",
			     disk->name, p->sector);
	else if (p->sector != 512 && !c->path->uefi && !c->path->kernel)
		judge_decide(c, CELL_SKIP, "BIOS firmware does not take "
			     "sectors of %u bytes", p->sector);
	else if (c->profile->vdev && p->partitions)
		judge_decide(c, CELL_SKIP, "the image has a partition table: "
			     "it is no %s", c->profile->vdev);
	else if (!expected_has_driver(p, drivers))
		judge_decide(c, CELL_SKIP, "the kernel has no %s driver",
			     drivers[0]);
}

bool cell_possible(struct cell *c)
{
	const char *lacks = c->path->missing ? c->path->missing() : NULL;
	const char *why = lacks || !is_ready(c) ? NULL : missing_boot(c);
	bool nothing = why && has_nothing(c->promise);

	if (lacks)
		judge_decide(c, CELL_SKIP, "%s", lacks);
	if (c->status != CELL_WAITS)
		return false;
	if (nothing)
		judge_decide(c, CELL_FAIL, "nothing on it that any path could "
			     "start: %s", why);
	else if (why)
		judge_decide(c, c->asked ? CELL_FAIL : CELL_SKIP, "%s", why);
	else
		check_profile(c);
	return c->status == CELL_WAITS;
}

static void take_output(void *ctx, const char *text, size_t len)
{
	struct cell *c = ctx;

	c->spoke_ms = vm_clock();
	if (c->counting || c->console_len + len >= CONSOLE_MAX)
		return;
	c->console = realloc(c->console, c->console_len + len + 1);
	if (!c->console)
		abort();
	memcpy(c->console + c->console_len, text, len);
	c->console_len += len;
	c->console[c->console_len] = 0;
	/* A NUL would end every search; no console shows it. */
	for (char *p = c->console + c->console_len - len;
	     (p = memchr(p, 0, (size_t)(c->console + c->console_len - p))); )
		*p = ' ';
}

static void boot(struct cell *c)
{
	struct vm_config config = {
		.image = c->image, .file = c->variant->disk,
		.fd = c->variant->copy.fd < 0 ? c->variant->from->fd :
		      c->variant->copy.fd,
		.is_device = c->variant->copy.fd < 0 &&
			     c->variant->from->is_device,
		.path = c->path,
		.disk = c->promise->cd ? path_disk("cd") :
			c->profile->disk ? path_disk(c->profile->disk) : NULL,
		.machine = c->profile->machine, .vdev = c->profile->vdev,
		.icount = c->counting, .extra = *c->extra,
		.sector = c->promise->sector,
	};

	config.extra.nic = cell_nic(c);

	c->vm = calloc(1, sizeof(*c->vm));
	if (!c->vm)
		abort();
	c->vm->output = take_output;
	c->vm->want_screen = !c->counting && !c->path->pv;
	c->vm->ctx = c;
	c->spoke_ms = vm_clock();
	c->deadline_ms = c->spoke_ms + c->timeout * 1000ull;
	if (vm_start(c->vm, &config)) {
		judge_decide(c, CELL_ERROR, "%s", c->vm->why[0] ? c->vm->why :
		       "QEMU does not start");
		vm_release(c->vm);
		free(c->vm);
		c->vm = NULL;
	}
}

static void forget(struct cell *c)
{
	json_decref(c->result);
	json_decref(c->facts);
	json_decref(c->times);
	json_decref(c->evidence);
	c->result = c->facts = c->times = c->evidence = NULL;
}

void cell_start(struct cell *c)
{
	c->status = CELL_RUNS;
	c->tries++;
	c->counting = c->seen = false;
	c->console_len = c->searched = 0;
	c->asked_for = (struct answers_state){ 0 };
	c->typing = (struct sendkey){ 0 };
	free(c->screen_text);
	c->screen_text = NULL;
	forget(c);
	boot(c);
}

/* A login prompt; a screen has no blank at the end of a line. */
static bool asks_login(const char *text)
{
	static const char prompt[] = " login:";

	for (; (text = strstr(text, prompt)); text += sizeof(prompt) - 1)
		if (strchr(" \n", text[sizeof(prompt) - 1]))
			return true;
	return false;
}

/* Whether TEXT has the user's pattern, or a login prompt if there is none. */
static bool shows(const struct cell *c, const char *text)
{
	return c->expect ? !regexec(c->expect, text, 0, NULL, 0) :
			   asks_login(text);
}

static void answer(struct cell *c)
{
	const char *text = c->console ? answers_next(c->answers, &c->asked_for,
						     c->console) : NULL;

	if (!text)
		return;
	vm_type(c->vm, text, strlen(text));
	vm_type(c->vm, "\r", 1);
	c->spoke_ms = vm_clock();
}

static void search(struct cell *c)
{
	size_t from = c->searched > 200 ? c->searched - 200 : 0;

	answer(c);
	from = from > c->asked_for.answered ? from : c->asked_for.answered;
	c->searched = c->console_len;
	c->seen |= shows(c, c->console ? c->console + from : "");
}

/*
 * What of SCREEN's text can be a login prompt that nobody has answered: where
 * there are answers, its last line.
 */
static const char *unanswered(const struct cell *c, const char *screen)
{
	const char *last = strrchr(screen, '\n');

	return c->answers->n && !c->expect && last ? last : screen;
}

/*
 * A guest that has nothing to say on its serial line may have a screen of text.
 * What is new there is a sign of life.
 */
static void look(struct cell *c)
{
	uint64_t now = vm_clock();
	const char *key;
	char *text;

	if (!c->vm->want_screen || now - c->spoke_ms < LOOK_EVERY_MS ||
	    now - c->looked_ms < LOOK_EVERY_MS)
		return;
	c->looked_ms = now;
	text = screentext_all(&c->vm->qmp);
	if (!text)
		return;
	key = c->typing.left ? NULL :
	      answers_shown(c->answers, &c->asked_for, text);
	if (key && sendkey_type(&c->typing, &c->vm->qmp, key))
		report_note("--answer %s: no keyboard writes it", key);
	if (!key)
		c->seen |= shows(c, unanswered(c, text));
	if (!c->screen_text || strcmp(text, c->screen_text))
		c->spoke_ms = now;
	free(c->screen_text);
	c->screen_text = text;
}

static char *base64(const uint8_t *p, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
				     "pqrstuvwxyz0123456789+/";
	char *text = malloc((len + 2) / 3 * 4 + 1), *to = text;

	if (!text)
		abort();
	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;

		v |= i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0;
		v |= i + 2 < len ? p[i + 2] : 0;
		*to++ = digits[v >> 18];
		*to++ = digits[v >> 12 & 63];
		*to++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
		*to++ = i + 2 < len ? digits[v & 63] : '=';
	}
	*to = 0;
	return text;
}

/* Any of a guest's numbers may be any; a sum that is too large is no figure. */
static uint64_t figure(const json_t *j, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(j, key));
}

/*
 * Under -icount the TSC counts instructions from reset on, but goes on with
 * real time while all processors sleep: SLEEPS, the way has such times, and
 * only what the loader says of itself is a count.  The cost of the boot J, a
 * new reference, or NULL.
 */
static json_t *count(const json_t *j, bool sleeps)
{
	json_t *records = json_object_get(j, "records");
	json_t *rec = observed_record(records, "TWINBOOT");
	json_t *tsc = json_object_get(observed_record(records, "PROBE"), "tsc");
	json_t *cost = rec ? json_copy(rec) : tsc ? json_object() : NULL;
	uint64_t entry = (uint64_t)json_integer_value(tsc);

	if (!tsc)
		entry = figure(rec, "tsc_start") + figure(rec, "tsc_own") +
			figure(rec, "tsc_firmware");
	if (cost && !sleeps)
		json_object_set_new(cost, "reset_to_kernel",
				    json_integer((json_int_t)entry));
	json_object_del(cost, "tsc_backend");
	return cost;
}

static void end_boot(struct cell *c, const char *why)
{
	enum vm_end end;

	vm_stop(c->vm, VM_TIMEOUT, c->seen ? "it came as far as expected" :
		why);
	end = c->vm->end;
	if (c->counting) {
		json_t *j = vm_json(c->vm);

		c->cost = count(j, c->path->pv);
		json_decref(j);
	} else {
		c->result = vm_json(c->vm);
		c->times = observed_times(c->result, c->vm->ticks);
		free(c->screen);
		c->screen = c->vm->screen_len ?
			base64(c->vm->screen, c->vm->screen_len) : NULL;
		free(c->screen_text);
		c->screen_text = c->vm->screen_text;
		c->vm->screen_text = NULL;
	}
	vm_release(c->vm);
	free(c->vm);
	c->vm = NULL;
	if (c->counting)
		c->status = CELL_PASS;
	else
		judge_boot(c, end);
}

/* Whether to wait no longer: why; NULL: go on. */
static const char *give_up(const struct cell *c)
{
	uint64_t now = vm_clock();
	const char *stops = c->console_len ?
		console_stops(c->console + c->asked_for.answered) :
		c->screen_text ? console_stops(c->screen_text) : NULL;

	if (stops && now - c->spoke_ms > CONSOLE_LAST_WORDS_MS)
		return stops;
	if (now > c->deadline_ms)
		return "time is up";
	if (now - c->spoke_ms <= c->silence * 1000ull)
		return NULL;
	return c->typing.left ? "nobody reads the keys" : "silence";
}

/* Whether RECORDS say when the kernel was entered: nothing is left to count. */
static bool has_counted(const json_t *records)
{
	return observed_record(records, "PROBE") ||
	       json_object_get(observed_record(records, "TWINBOOT"),
			       "tsc_start");
}

void cell_step(struct cell *c)
{
	const char *why;

	if (c->vm) {
		vm_step(c->vm);
		if (!c->counting) {
			search(c);
			look(c);
			if (sendkey_step(&c->typing, &c->vm->qmp))
				c->spoke_ms = vm_clock();
		}
		why = give_up(c);
		if (c->vm->end == VM_RUNNING && !c->seen && !why &&
		    !(c->counting && has_counted(c->vm->records.list)))
			return;
		end_boot(c, why ? why : "");
	}
	if (c->status == CELL_FAIL && c->retries) {
		c->retries--;
		cell_start(c);
	} else if (c->status == CELL_PASS && c->count && !c->counting &&
		   has_counted(json_object_get(c->result,
							"records"))) {
		c->status = CELL_RUNS;
		c->counting = true;
		c->seen = false;
		boot(c);
	}
}

void cell_abort(struct cell *c, const char *why)
{
	if (c->vm) {
		vm_stop(c->vm, VM_ERROR, why);
		vm_release(c->vm);
		free(c->vm);
		c->vm = NULL;
	}
	if (c->status == CELL_WAITS || c->status == CELL_RUNS)
		judge_decide(c, CELL_ERROR, "%s", why);
}

void cell_release(struct cell *c)
{
	forget(c);
	json_decref(c->cost);
	free(c->console);
	free(c->screen);
	free(c->screen_text);
	c->cost = NULL;
	c->screen = c->console = c->screen_text = NULL;
}
