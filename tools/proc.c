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
#include <sys/wait.h>
#include <unistd.h>

#include "tools/report.h"

static void child(const char *const *argv, const char *const *env, int err)
{
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	setenv("LC_ALL", "C", 1);
	/* mke2fs and friends are kept there on Debian. */
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
	       "/sbin:/bin", 1);
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

int proc_run(const char *const *argv, const char *const *env)
{
	char text[1024], *line;
	int fd[2], status;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC))
		return report_errno("pipe");
	pid = fork();
	if (pid < 0)
		return report_errno("fork");
	if (!pid)
		child(argv, env, fd[1]);
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
