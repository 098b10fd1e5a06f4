/*
 * A step is named each time something is said of it; its clock starts with its
 * name.  JSON is said at each percent, or 16 MiB, so that it is no flood.
 */
#include "tools/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/report.h"

#define SECOND 1000000000ull
#define REDRAW (SECOND / 10)
#define RATE_AFTER (SECOND / 2)		/* before that it would be a guess */

enum progress_mode progress_mode;

static struct {
	const char *what;
	uint64_t began, drawn;	/* ns */
	uint64_t part;		/* percent, or units of 16 MiB */
	bool line_open;
} now;

int progress_choose(const char *value)
{
	static const char *const names[] = { "auto", "json", "no" };

	for (unsigned i = 0; i < 3; i++)
		if (!strcmp(names[i], value)) {
			progress_mode = (enum progress_mode)i;
			return 0;
		}
	return report_error("--progress %s: not one of auto|json|no", value);
}

void progress_wipe(void)
{
	if (now.line_open)
		fputs("\r\033[K", stderr);
	now.line_open = false;
}

static size_t add_bytes(char *to, size_t size, uint64_t n)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	unsigned u = 0;

	for (; n >= 10240 && u < 4; u++)
		n >>= 10;
	return (size_t)snprintf(to, size, "%lu %s", n, units[u]);
}

/* Bytes a second, and seconds that are left (or -1): both guesses. */
static uint64_t rate_of(uint64_t done, uint64_t total, uint64_t ns,
			int64_t *left)
{
	uint64_t ms = ns / 1000000, rate;

	*left = -1;
	if (ns < RATE_AFTER || !done)
		return 0;
	rate = (uint64_t)((double)done * 1000 / (double)ms);
	if (rate && total)
		*left = (int64_t)((total - done) / rate);
	return rate;
}

static void json_line(char *to, size_t size, const char *what, uint64_t done,
		      uint64_t total, uint64_t rate, int64_t left)
{
	size_t n = (size_t)snprintf(to, size, "{\"progress\": \"%s\", "
				    "\"done\": %lu", what, done);

	if (total)
		n += (size_t)snprintf(to + n, size - n, ", \"total\": %lu",
				      total);
	if (rate)
		n += (size_t)snprintf(to + n, size - n, ", \"rate\": %lu",
				      rate);
	if (left >= 0)
		n += (size_t)snprintf(to + n, size - n, ", \"left\": %ld",
				      left);
	snprintf(to + n, size - n, "}");
}

void progress_line(char *to, size_t size, enum progress_mode mode,
		   const char *what, uint64_t done, uint64_t total,
		   uint64_t ns)
{
	int64_t left;
	uint64_t rate;
	size_t n;

	if (total && done > total)
		done = total;
	rate = rate_of(done, total, ns, &left);
	if (mode == PROGRESS_JSON) {
		json_line(to, size, what, done, total, rate, left);
		return;
	}
	n = (size_t)snprintf(to, size, "%s", what);
	if (total)
		n += (size_t)snprintf(to + n, size - n, " %3u %%", (unsigned)
				      ((double)done * 100 / (double)total));
	if (done) {
		n += (size_t)snprintf(to + n, size - n, "  ");
		n += add_bytes(to + n, size - n, done);
	}
	if (rate) {
		n += (size_t)snprintf(to + n, size - n, "  ");
		n += add_bytes(to + n, size - n, rate);
		n += (size_t)snprintf(to + n, size - n, "/s");
	}
	if (left >= 0)
		snprintf(to + n, size - n, "  %ld:%02ld left", left / 60,
			 left % 60);
}

static uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static bool is_terminal(void)
{
	static int known = -1;	/* asked for each file, so kept */

	if (known < 0)
		known = isatty(STDERR_FILENO);
	return known;
}

static bool is_wanted(void)
{
	return progress_mode == PROGRESS_JSON ||
	       (progress_mode == PROGRESS_AUTO &&
		report_says(REPORT_USUAL) && is_terminal());
}

static void put_line(const char *what, uint64_t done, uint64_t total)
{
	char line[256];

	progress_line(line, sizeof(line), progress_mode, what, done, total,
		      clock_now() - now.began);
	if (progress_mode == PROGRESS_JSON) {
		fprintf(stderr, "%s\n", line);
		return;
	}
	progress_wipe();
	fputs(line, stderr);
	fflush(stderr);
	now.line_open = true;
	now.drawn = clock_now();
}

void progress_say(const char *what, uint64_t done, uint64_t total)
{
	bool fresh = !now.what || strcmp(now.what, what);
	uint64_t part = total ? (uint64_t)((double)done * 100 /
					   (double)total) : done >> 24;

	if (!is_wanted())
		return;
	if (!what[0]) {
		progress_wipe();
		now.what = NULL;
		return;
	}
	if (fresh) {
		now.what = what;
		now.began = clock_now();
	} else if (progress_mode == PROGRESS_JSON ? part == now.part :
		   clock_now() - now.drawn < REDRAW) {
		return;
	}
	now.part = part;
	put_line(what, done, total);
}
