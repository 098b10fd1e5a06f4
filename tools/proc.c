/*
 * Child processes.  stderr is caught and its last line becomes part of our one
 * error line.  A child gets SIGTERM when we die (PR_SET_PDEATHSIG).
 */
#include "tools/proc.h"

#include <errno.h>
#include <fcntl.h>
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

/* mke2fs and friends are kept there on Debian. */
static const char system_path[] =
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static void child(const char *const *argv, const char *const *env, int err,
		  uint64_t max)
{
	struct rlimit limit = { max, max };
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	setenv("LC_ALL", "C", 1);
	setenv("PATH", system_path, 1);
	if (max != RLIM_INFINITY)
		setrlimit(RLIMIT_FSIZE, &limit);
	signal(SIGXFSZ, SIG_IGN);
	for (; env && *env; env++)
		putenv((char *)(uintptr_t)*env);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	dprintf(STDERR_FILENO, "%s\n", strerror(errno));
	_exit(127);
}

/* Keep the last bytes that FD gives; returns how many. */
static size_t read_tail(int fd, char *buf, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read(fd, buf + used, size - 1 - used)) > 0) {
		used += (size_t)n;
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

int proc_run(const char *const *argv, const char *const *env)
{
	return proc_run_limited(argv, env, RLIM_INFINITY);
}

int proc_run_limited(const char *const *argv, const char *const *env,
		     uint64_t max)
{
	char text[1024], *line;
	int fd[2], status;
	pid_t pid;

	if (!is_in(system_path, argv[0]))
		return say_missing(argv[0]);
	report_command(argv);
	if (pipe2(fd, O_CLOEXEC))
		return report_errno("pipe");
	pid = fork();
	if (pid < 0)
		return report_errno("fork");
	if (!pid)
		child(argv, env, fd[1], max);
	close(fd[1]);
	read_tail(fd[0], text, sizeof(text));
	close(fd[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	line = strrchr(text, '\n');
	if (WIFSIGNALED(status))
		return report_error("%s: killed by signal %d", argv[0],
				    WTERMSIG(status));
	return report_error("%s failed: %s", argv[0], line ? line + 1 : text);
}
