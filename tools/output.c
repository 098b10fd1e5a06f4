/*
 * Output files.  The signal handler may only unlink: the names it needs are in
 * static memory.  SIGXFSZ is ignored, so that a file-size limit is an error of
 * write(2), like a full disk.
 */
#include "tools/output.h"

#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/interrupt.h"
#include "tools/report.h"

static char temp_names[OUTPUTS][4096], scratch_name[4096];
static bool stderr_is_terminal;

static struct {
	dev_t dev;
	ino_t ino;
} *inputs;
static size_t n_inputs;

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	return remove(path);
}

void output_scratch_remove(void)
{
	if (scratch_name[0])
		nftw(scratch_name, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	scratch_name[0] = 0;
}

static void on_signal(int sig)
{
	static const char line[] = "\r\033[Ktwinboot: interrupted\n";
	size_t from = stderr_is_terminal ? 0 : 4;

	for (unsigned i = 0; i < OUTPUTS; i++)
		if (temp_names[i][0])
			unlink(temp_names[i]);
	/* nftw is not safe here by the letter; we are about to die. */
	output_scratch_remove();
	if (sig != SIGPIPE &&
	    write(STDERR_FILENO, line + from, sizeof(line) - 1 - from) < 0)
		_exit(128 + sig);
	signal(sig, SIG_DFL);
	raise(sig);
}

void output_catch_signals(void)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
				    SIGPIPE };
	struct sigaction sa = { .sa_handler = on_signal };

	stderr_is_terminal = isatty(STDERR_FILENO);
	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		interrupt_take(sigs[i], &sa);
	signal(SIGXFSZ, SIG_IGN);
}

static char *free_name(void)
{
	for (unsigned i = 0; i < OUTPUTS; i++)
		if (!temp_names[i][0])
			return temp_names[i];
	abort();
}

void output_protect(const char *path)
{
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return;
	inputs = realloc(inputs, (n_inputs + 1) * sizeof(*inputs));
	if (!inputs)
		abort();
	inputs[n_inputs].dev = st.st_dev;
	inputs[n_inputs++].ino = st.st_ino;
}

/* PATH may become an output; else -1 reported. */
static int check_path(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return 0;
	/* Renamed onto, a device would be a file from then on. */
	if (!S_ISREG(st.st_mode))
		return report_error("%s: not a regular file", path);
	for (size_t i = 0; i < n_inputs; i++)
		if (inputs[i].dev == st.st_dev && inputs[i].ino == st.st_ino)
			return report_error("%s: is read here: write to "
					    "another file", path);
	return 0;
}

/* Beside PATH; a name that could not be longer is cut for it. */
static bool name_temporary(char name[4096], const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t dir = (size_t)(base - path), len = strlen(base);

	if (len > NAME_MAX || dir > 4096 - NAME_MAX - 1)
		return false;
	if (len > NAME_MAX - 7)
		len = NAME_MAX - 7;
	snprintf(name, 4096, "%.*s.XXXXXX", (int)(dir + len), path);
	return true;
}

int output_open(struct output *o, const char *path)
{
	char *name = free_name();
	mode_t mask = umask(0);

	umask(mask);
	if (check_path(path))
		return -1;
	output_catch_signals();
	o->path = path;
	if (!name_temporary(name, path))
		return report_error("%s: name too long", path);
	o->temp = name;
	o->fd = mkstemp(name);
	if (o->fd < 0) {
		name[0] = 0;
		return report_errno("cannot create %s", path);
	}
	snprintf(o->name, sizeof(o->name), "/proc/self/fd/%d", o->fd);
	fchmod(o->fd, 0666 & ~mask);
	return 0;
}

int output_resize(struct output *o, uint64_t size)
{
	if (ftruncate(o->fd, (off_t)size))
		return report_errno("%s", o->path);
	return 0;
}

int output_commit(struct output *o)
{
	int err = check_path(o->path);

	if (!err && (fsync(o->fd) || rename(o->temp, o->path)))
		err = report_errno("%s", o->path);
	if (err) {
		output_abort(o);
		return -1;
	}
	o->temp[0] = 0;
	close(o->fd);
	return 0;
}

void output_abort(struct output *o)
{
	if (o->temp[0])
		unlink(o->temp);
	o->temp[0] = 0;
	close(o->fd);
}

const char *output_scratch(void)
{
	const char *dir = getenv("TMPDIR");

	output_catch_signals();
	snprintf(scratch_name, sizeof(scratch_name), "%s/twinboot-XXXXXX",
		 dir && dir[0] ? dir : "/tmp");
	if (mkdtemp(scratch_name))
		return scratch_name;
	scratch_name[0] = 0;
	report_errno("cannot create a directory in %s", dir ? dir : "/tmp");
	return NULL;
}
