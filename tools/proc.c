/*
 * Child processes.  stderr is caught and its last line becomes part of our one
 * error line.  A child gets SIGTERM when we die (PR_SET_PDEATHSIG).
 */
#include "tools/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/report.h"
#include "tools/tempfile.h"

/* mke2fs and friends are kept there on Debian. */
static const char system_path[] =
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct job {
	const char *what;	/* that is wrong when it fails */
	const char *const *argv, *const *env;
	uint64_t max;		/* bytes of a file that it writes */
	unsigned seconds;	/* that it may be silent; 0: any */
	void (*percent)(void *arg, double done);	/* or NULL */
	void *arg;
	FILE *out;		/* where its stdout goes, or NULL */
};

static void child(const struct job *j, int err)
{
	struct rlimit limit = { j->max, j->max }, no_core = { 0, 0 };
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	dup2(null, STDIN_FILENO);
	dup2(j->out ? fileno(j->out) : j->percent ? err : null,
	     STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	setenv("LC_ALL", "C", 1);
	setenv("PATH", system_path, 1);
	if (j->max != RLIM_INFINITY)
		setrlimit(RLIMIT_FSIZE, &limit);
	setrlimit(RLIMIT_CORE, &no_core);
	signal(SIGXFSZ, SIG_IGN);
	for (const char *const *env = j->env; env && *env; env++)
		putenv((char *)(uintptr_t)*env);
	execvp(j->argv[0], (char *const *)(uintptr_t)j->argv);
	dprintf(STDERR_FILENO, "%s\n", strerror(errno));
	_exit(127);
}

/* "(12.34/100%)" at the end of TEXT is told. */
static void watch(const struct job *j, const char *text)
{
	const char *last = strrchr(text, '(');
	double done;

	if (j->percent && last && sscanf(last, "(%lf/100%%", &done) == 1 &&
	    done >= 0 && done <= 100)
		j->percent(j->arg, done);
}

/* What PID writes to FD, or its end; QEMU's programs block SIGALRM. */
static ssize_t read_some(const struct job *j, pid_t pid, int fd, char *buf,
			 size_t size)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n;

	while (j->seconds && (n = poll(&p, 1, (int)j->seconds * 1000)) <= 0)
		if (!n)
			kill(pid, SIGKILL);
	return read(fd, buf, size);
}

/* Keep the last bytes that PID writes to FD; returns how many. */
static size_t read_tail(const struct job *j, pid_t pid, int fd, char *buf,
			size_t size)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read_some(j, pid, fd, buf + used, size - 1 - used)) > 0) {
		used += (size_t)n;
		buf[used] = 0;
		watch(j, buf);
		if (used > size / 2) {
			memmove(buf, buf + used - size / 2, size / 2);
			used = size / 2;
		}
	}
	while (used && (buf[used - 1] == '\n' || buf[used - 1] == ' '))
		used--;
	buf[used] = 0;
	return used;
}

/* Of the programs that we start. */
static const struct {
	const char *program, *package;
} packages[] = {
	{ "qemu-system-x86_64", "qemu-system-x86" },
	{ "qemu-img", "qemu-utils" },
	{ "mke2fs", "e2fsprogs" }, { "e2fsck", "e2fsprogs" },
	{ "mcopy", "mtools" }, { "mmd", "mtools" }, { "mformat", "mtools" },
	{ "mkfs.fat", "dosfstools" },
	{ "swtpm", "swtpm" },
	{ "bash", "bash" }, { "apt-get", "apt" }, { "cpio", "cpio" },
	{ "xz", "xz-utils" },
};

const char *proc_package(const char *program)
{
	for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++)
		if (!strcmp(packages[i].program, program))
			return packages[i].package;
	return NULL;
}

static bool is_in(const char *path, const char *program)
{
	char file[4096];

	for (; path && *path; path += strcspn(path, ":")) {
		path += *path == ':';
		snprintf(file, sizeof(file), "%.*s/%s",
			 (int)strcspn(path, ":"), path, program);
		if (!access(file, X_OK))
			return true;
	}
	return false;
}

static int say_missing(const char *program)
{
	static const char *last;
	const char *package = proc_package(program);

	if (last && !strcmp(last, program))
		return -1;
	last = program;
	if (package)
		return report_error("%s: no such program; install the package "
				    "%s", program, package);
	return report_error("%s: no such program", program);
}

bool proc_has(const char *program)
{
	const char *path = getenv("PATH");

	if (is_in(path ? path : system_path, program))
		return true;
	say_missing(program);
	return false;
}

/* To its end, its last words in TEXT: how waitpid() has it; -1: not started. */
static int wait_for(const struct job *j, char *text, size_t size)
{
	int fd[2], status;
	pid_t pid;

	if (!is_in(system_path, j->argv[0]))
		return say_missing(j->argv[0]);
	report_command(j->argv);
	if (pipe2(fd, O_CLOEXEC))
		return report_errno("pipe");
	pid = fork();
	if (pid < 0)
		return report_errno("fork");
	if (!pid)
		child(j, fd[1]);
	close(fd[1]);
	read_tail(j, pid, fd[0], text, size);
	close(fd[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* Past a word that stands at the front of LINE, and what follows it. */
static const char *past(const char *line, const char *before, const char *word,
			const char *after)
{
	size_t b = strlen(before), w = strlen(word), a = strlen(after);

	if (strncmp(line, before, b) || strncmp(line + b, word, w) ||
	    strncmp(line + b + w, after, a))
		return line;
	return line + b + w + a;
}

/* Where the last line of TEXT begins that has the program's name, or any. */
static char *last_line(const struct job *j, char *text)
{
	char *line = text, *named = NULL;

	for (char *s = text; *s; s++) {
		if (s > text && !strchr("\r\n", s[-1]))
			continue;
		line = s;
		if (past(s, "", j->argv[0], ": ") != s)
			named = s;
	}
	return named ? named : line;
}

/*
 * What is last said in TEXT, without the program's name and the one that we
 * gave it for the file: both say nothing to who gave us another.  A hint may
 * stand on a line of its own, and a name of a file may have lines.
 */
static const char *last_words(const struct job *j, char *text)
{
	const char *line = last_line(j, text);

	for (char *s = text; *s; s++)
		if (*s == '\n' || *s == '\r')
			*s = ' ';
	line = past(line, "", j->argv[0], ": ");
	for (unsigned i = 1; j->argv[i]; i++)
		line = past(line, "Could not open '", j->argv[i], "': ");
	return line;
}

static int run(const struct job *j)
{
	char text[1024];
	int status = wait_for(j, text, sizeof(text));

	if (status <= 0)
		return status;
	if (j->seconds && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return report_error("%s (%s: killed: no answer within %u "
				    "seconds)", j->what, j->argv[0],
				    j->seconds);
	if (WIFSIGNALED(status))
		return report_error("%s (%s: killed by signal %d)", j->what,
				    j->argv[0], WTERMSIG(status));
	return report_error("%s (%s: %s)", j->what, j->argv[0],
			    text[0] ? last_words(j, text) : "says nothing");
}

int proc_run(const char *what, const char *const *argv, const char *const *env)
{
	return run(&(struct job){ .what = what, .argv = argv, .env = env,
				  .max = RLIM_INFINITY });
}

int proc_run_limited(const char *what, const char *const *argv, uint64_t max)
{
	return run(&(struct job){ .what = what, .argv = argv, .max = max });
}

int proc_run_watched(const char *what, const char *const *argv,
		     void (*percent)(void *arg, double done), void *arg)
{
	return run(&(struct job){ .what = what, .argv = argv,
				  .max = RLIM_INFINITY, .percent = percent,
				  .arg = arg });
}

FILE *proc_output(const char *what, const char *const *argv, unsigned seconds)
{
	int fd = tempfile_open(NULL);
	struct job j = { .what = what, .argv = argv, .max = RLIM_INFINITY,
			 .seconds = seconds };

	if (fd < 0)
		return NULL;
	j.out = fdopen(fd, "w+");
	if (!j.out)
		abort();
	if (run(&j)) {
		fclose(j.out);
		return NULL;
	}
	rewind(j.out);
	return j.out;
}

int proc_status(const char *const *argv, char *words, size_t size)
{
	const struct job j = { .argv = argv, .max = RLIM_INFINITY };
	char text[1024];
	int status = wait_for(&j, text, sizeof(text));

	if (status < 0)
		return -1;
	snprintf(words, size, "%s", last_words(&j, text));
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
		WEXITSTATUS(status);
}
