/*
 * swtpm gets one end of a pair of sockets as the control channel, QEMU the
 * other, by which it hands over a channel for commands (QEMU's docs/specs/tpm).
 */
#include "tools/vm/tpm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/report.h"

static void child(const char *dir, int fd)
{
	char state[96], control[64];
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	snprintf(state, sizeof(state), "dir=%s", dir);
	snprintf(control, sizeof(control), "type=unixio,clientfd=%d", fd);
	fcntl(fd, F_SETFD, 0);
	for (int i = 0; i < 3; i++)
		dup2(null, i);
	execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state,
	       "--ctrl", control, (char *)NULL);
	_exit(127);
}

int tpm_start(struct tpm *t, struct vm_args *a)
{
	const char *tmp = getenv("TMPDIR");
	int pair[2];

	if ((size_t)snprintf(t->dir, sizeof(t->dir), "%s/twinboot-tpm.XXXXXX",
			     tmp ? tmp : "/tmp") >= sizeof(t->dir))
		snprintf(t->dir, sizeof(t->dir), "/tmp/twinboot-tpm.XXXXXX");
	if (!mkdtemp(t->dir)) {
		t->dir[0] = 0;
		return report_errno("a directory for the TPM");
	}
	if (a->n_fds == sizeof(a->fd) / sizeof(a->fd[0]) ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return report_error("no socket for the TPM");
	t->pid = fork();
	if (!t->pid)
		child(t->dir, pair[1]);
	close(pair[1]);
	a->fd[a->n_fds++] = pair[0];
	fcntl(pair[0], F_SETFD, 0);
	path_add(a, "-chardev");
	path_addf(a, "socket,id=tpm,fd=%d", pair[0]);
	path_add(a, "-tpmdev");
	path_add(a, "emulator,id=tpm0,chardev=tpm");
	path_add(a, "-device");
	path_add(a, "tpm-tis,tpmdev=tpm0");
	return t->pid < 0 ? report_errno("fork") : 0;
}

static void remove_state(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		unlinkat(dirfd(dir), e->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(path);
}

void tpm_stop(struct tpm *t)
{
	if (t->pid > 0) {
		kill(t->pid, SIGKILL);
		while (waitpid(t->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (t->dir[0])
		remove_state(t->dir);
	*t = (struct tpm){ 0 };
}
