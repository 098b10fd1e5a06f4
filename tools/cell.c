/*
 * A boot is judged by what it says of itself, against what the image promises:
 * never against another boot, so a diagnosis speaks of one path only.
 */
#include "tools/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/report.h"

#define CONSOLE_MAX (4u << 20)

const char *cell_status_name(enum cell_status s)
{
	static const char *const names[] = {
		"WAITS", "RUNS", "PASS", "FAIL", "SKIP", "ERROR", "MISS",
	};

	return names[s];
}

static void decide(struct cell *c, enum cell_status s, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void decide(struct cell *c, enum cell_status s, const char *format, ...)
{
	va_list ap;

	c->status = s;
	va_start(ap, format);
	vsnprintf(c->why, sizeof(c->why), format, ap);
	va_end(ap);
}

static const char *missing_boot(const struct cell *c)
{
	if (!strcmp(c->path->name, "bios") && !c->promise->bios)
		return c->promise->bios_why;
	if (!strncmp(c->path->name, "uefi", 4) && !c->promise->uefi)
		return c->promise->uefi_why;
	if (!strcmp(c->path->name, "uefi-secure") && !c->promise->uefi_signed)
		return "the loader on the ESP is not signed";
	if (profile_has(profile_find("xen-pv"), c->path->name) &&
	    !c->promise->pv)
		return c->promise->pv_why;
	return NULL;
}

bool cell_possible(struct cell *c)
{
	const char *lacks = c->path->missing ? c->path->missing() : NULL;
	const char *why = missing_boot(c);
	const struct vm_disk *disk = vmpath_disk(
		c->profile->disk ? c->profile->disk : c->path->disk);

	if (lacks)
		decide(c, CELL_SKIP, "%s", lacks);
	else if (why)
		decide(c, c->asked ? CELL_FAIL : CELL_SKIP, "%s", why);
	else if (c->promise->sector != 512 && disk && !disk->takes_4k)
		decide(c, CELL_SKIP, "no %s disk has sectors of %u bytes",
		       disk->name, c->promise->sector);
	else if (c->promise->sector != 512 && !strcmp(c->path->name, "bios"))
		decide(c, CELL_SKIP, "BIOS firmware does not take sectors of "
		       "%u bytes", c->promise->sector);
	else if (c->profile->vdev && c->promise->partitions)
		decide(c, CELL_SKIP, "the image has a partition table: it is "
		       "no %s", c->profile->vdev);
	else if (!promise_has_driver(c->promise, c->profile->drivers))
		decide(c, CELL_SKIP, "the kernel has no %s driver",
		       c->profile->drivers[0]);
	return c->status == CELL_WAITS;
}

static void take_output(void *ctx, const char *text, size_t len)
{
	struct cell *c = ctx;

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
		.image = c->image, .path = c->path,
		.disk = c->profile->disk ? vmpath_disk(c->profile->disk) : NULL,
		.machine = c->profile->machine, .vdev = c->profile->vdev,
		.icount = c->counting,
		.sector = c->promise->sector,
	};

	c->vm = calloc(1, sizeof(*c->vm));
	if (!c->vm)
		abort();
	c->vm->output = take_output;
	c->vm->want_screen = !c->counting && !c->path->kernel;
	c->vm->ctx = c;
	c->deadline_ms = vm_clock() + c->timeout * 1000ull;
	if (vm_start(c->vm, &config)) {
		decide(c, CELL_ERROR, "%s", c->vm->why[0] ? c->vm->why :
		       "QEMU does not start");
		vm_release(c->vm);
		free(c->vm);
		c->vm = NULL;
	}
}

void cell_start(struct cell *c)
{
	c->status = CELL_RUNS;
	c->tries++;
	c->counting = c->seen = false;
	c->console_len = c->searched = 0;
	json_decref(c->result);
	c->result = NULL;
	boot(c);
}

json_t *cell_record(const struct cell *c, const char *kind)
{
	json_t *records = json_object_get(c->result, "records"), *found = NULL;

	for (size_t i = 0; i < json_array_size(records); i++) {
		json_t *r = json_object_get(json_array_get(records, i), kind);

		found = r ? r : found;
	}
	return found;
}

static const char *get(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

/* Lines that say why, if there are any; the last of these counts. */
static const char *const telling[] = {
	"\nError ", "Kernel panic - ", "\nTwinboot: ",
};

/* The line of the console that tells most, else the last one. */
static const char *last_words(const struct cell *c)
{
	static char line[160];
	const char *text = c->console ? c->console : "", *at = NULL;
	size_t end = strlen(text), start;

	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++)
		for (const char *p = text; (p = strstr(p, telling[i])); p++)
			at = !at || p > at ? p : at;
	if (at)
		end = (size_t)(at - text) + 1 + strcspn(at + 1, "\r\n");
	while (end && strchr("\r\n \t", text[end - 1]))
		end--;
	for (start = end; start && text[start - 1] != '\n'; start--)
		;
	snprintf(line, sizeof(line), "%.*s", (int)(end - start), text + start);
	return line[0] ? line : "(nothing)";
}

/* What the kernel got, by REPORT, is what the image promises. */
static void compare(struct cell *c, const json_t *report)
{
	const char *cmdline = get(report, "cmdline");
	const char *sha = get(json_object_get(report, "initrd"), "sha256");
	const char *want = get(report, "want"), *root = get(report, "fs");

	if (cmdline && c->promise->cmdline &&
	    strcmp(cmdline, c->promise->cmdline))
		decide(c, CELL_FAIL, "the command line is \"%.100s\", not "
		       "\"%.100s\"", cmdline, c->promise->cmdline);
	else if (sha && c->promise->initrd_sha256 &&
		 strcmp(sha, c->promise->initrd_sha256))
		decide(c, CELL_FAIL, "the initrd's SHA-256 is %s, not %s", sha,
		       c->promise->initrd_sha256);
	else if (want && want[0] && root && !root[0])
		decide(c, CELL_FAIL, "no root file system %.100s among %lld "
		       "disks", want, json_integer_value(
			json_object_get(report, "disks")));
}

static void judge(struct cell *c, enum vm_end end)
{
	const json_t *report;

	c->status = CELL_PASS;
	c->why[0] = 0;
	if (end == VM_ERROR)
		decide(c, CELL_ERROR, "%s", get(c->result, "why"));
	else if (c->expect && !c->seen)
		decide(c, CELL_FAIL, "what was expected did not come (%s); "
		       "it said: %s", get(c->result, "why"), last_words(c));
	else if (end != VM_POWEROFF && !c->seen)
		decide(c, CELL_FAIL, "%s; it said: %s",
		       get(c->result, "why"), last_words(c));
	report = cell_record(c, "USERSPACE");
	if (!report)
		report = cell_record(c, "PROBE");
	if (c->status == CELL_PASS && report)
		compare(c, report);
}

/* The user's pattern, or a login prompt when there is none. */
static void search(struct cell *c)
{
	size_t from = c->searched > 200 ? c->searched - 200 : 0;
	const char *at = c->console ? c->console + from : "";

	c->searched = c->console_len;
	if (c->expect)
		c->seen |= !regexec(c->expect, at, 0, NULL, 0);
	else
		c->seen |= strstr(at, " login: ") != NULL;
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

static void end_boot(struct cell *c)
{
	enum vm_end end;

	vm_stop(c->vm, VM_TIMEOUT, c->seen ? "it came as far as expected" :
		"time is up");
	end = c->vm->end;
	if (c->counting) {
		json_t *j = vm_json(c->vm), *last = c->result;

		c->result = j;
		c->cost = json_incref(cell_record(c, "TWINBOOT"));
		c->result = last;
		json_decref(j);
	} else {
		c->result = vm_json(c->vm);
		free(c->screen);
		c->screen = c->vm->screen_len ?
			base64(c->vm->screen, c->vm->screen_len) : NULL;
	}
	vm_release(c->vm);
	free(c->vm);
	c->vm = NULL;
	if (c->counting)
		c->status = CELL_PASS;
	else
		judge(c, end);
}

void cell_step(struct cell *c)
{
	bool over;

	if (c->vm) {
		vm_step(c->vm);
		if (!c->counting)
			search(c);
		over = c->vm->end != VM_RUNNING || c->seen ||
		       vm_clock() > c->deadline_ms ||
		       (c->counting && json_array_size(c->vm->records));
		if (!over)
			return;
		end_boot(c);
	}
	if (c->status == CELL_FAIL && c->retries) {
		c->retries--;
		cell_start(c);
	} else if (c->status == CELL_PASS && c->count && !c->counting &&
		   !c->path->kernel) {
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
		decide(c, CELL_ERROR, "%s", why);
}

void cell_release(struct cell *c)
{
	json_decref(c->result);
	json_decref(c->cost);
	free(c->console);
	free(c->screen);
	c->screen = NULL;
	c->result = c->cost = NULL;
	c->console = NULL;
}
