/*
 * QEMU as a child.  QMP says how the guest ended; two things it does not say:
 * a triple fault looks like a reset to it, so QEMU's own log tells, and a
 * kernel panic is seen on the console.  QEMU stays until we have asked it for
 * block statistics (-no-shutdown), and dies when we do (PR_SET_PDEATHSIG).
 */
#include "tools/vm/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/vm/firmware.h"
#include "tools/vm/screentext.h"
#include "tools/report.h"
#include "tools/text.h"

/* isa-debug-exit makes 2 * VALUE + 1 of it; our hypervisor writes 1. */
#define DEBUG_EXIT_CRASH 3
#define AFTER_PANIC_MS 1000	/* for the rest of the kernel's message */

/* The guest's last words when it does not come back. */
static const char *const panics[] = {
	"Kernel panic - not syncing",
};

uint64_t vm_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void finish(struct vm *vm, enum vm_end end, const char *why)
{
	if (vm->end != VM_RUNNING)
		return;
	vm->end = end;
	vm->ended_ms = vm_clock();
	/* QEMU's emulation gives the guest the host's TSC. */
	if (vm->ended_ms > vm->started_ms)
		vm->ticks = (double)(__builtin_ia32_rdtsc() - vm->started_tsc) /
			    (double)(vm->ended_ms - vm->started_ms);
	snprintf(vm->why, sizeof(vm->why), "%s", why);
}

static bool log_has(const struct vm *vm, const char *text)
{
	off_t size = lseek(vm->log, 0, SEEK_END);
	void *p = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED,
				  vm->log, 0) : MAP_FAILED;
	bool found;

	if (p == MAP_FAILED)
		return false;
	found = memmem(p, (size_t)size, text, strlen(text));
	munmap(p, (size_t)size);
	return found;
}

static void judge_reset(struct vm *vm)
{
	if (log_has(vm, "Triple fault"))
		finish(vm, VM_CRASH, "triple fault");
	else if (vm->panic_ms)
		finish(vm, VM_CRASH, "kernel panic");	/* panic=-1 */
	else
		finish(vm, VM_REBOOT, "the guest rebooted");
}

static void on_event(void *ctx, const char *name, json_t *data)
{
	struct vm *vm = ctx;
	const char *reason = json_string_value(json_object_get(data, "reason"));

	if (!strcmp(name, "GUEST_PANICKED"))
		finish(vm, VM_CRASH, "the guest reported a panic");
	/* The log is complete when the processors stand still. */
	if (!strcmp(name, "STOP") && vm->was_reset)
		judge_reset(vm);
	if (!strcmp(name, "RESET") &&
	    json_is_true(json_object_get(data, "guest"))) {
		vm->reset_seen = true;
		vm->panic_ms = 0;
	}
	if (strcmp(name, "SHUTDOWN") || !reason)
		return;
	if (!strcmp(reason, "guest-reset"))
		vm->was_reset = true;
	else if (!strcmp(reason, "guest-panic"))
		finish(vm, VM_CRASH, "the guest reported a panic");
	else if (!strncmp(reason, "guest-", 6))
		finish(vm, VM_POWEROFF, "the guest powered off");
	else
		finish(vm, VM_ERROR, "QEMU was ended from outside");
}

static void child(const struct vm_args *a, int err)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);	/* Ctrl-C is for us; we end it in order */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	execvp(a->arg[0], (char *const *)(uintptr_t)a->arg);
	dprintf(STDERR_FILENO, "%s: %s\n", a->arg[0], strerror(errno));
	_exit(127);
}

/* Options for console, QMP and log through inherited descriptors. */
static void add_control(struct vm_args *a, int console, int qmp, int log)
{
	path_add(a, "-chardev");
	path_addf(a, "socket,id=console,fd=%d", console);
	path_add(a, "-serial");
	path_add(a, "chardev:console");
	path_add(a, "-chardev");
	path_addf(a, "socket,id=qmp,fd=%d", qmp);
	path_add(a, "-mon");
	path_add(a, "chardev=qmp,mode=control");
	path_add(a, "-no-shutdown");
	path_add(a, "-S");
	path_add(a, "-d");
	path_add(a, "cpu_reset");
	path_add(a, "-D");
	path_addf(a, "/proc/self/fd/%d", log);
}

static void say_qemu_error(struct vm *vm)
{
	char text[512], *line;
	ssize_t n = pread(vm->err, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return;
	text[n] = 0;
	text[strcspn(text, "\n")] = 0;
	line = strstr(text, ": ");
	snprintf(vm->why, sizeof(vm->why), "QEMU: %.150s",
		 line ? line + 2 : text);
}

static int spawn(struct vm *vm, struct vm_args *a)
{
	int console[2], qmp[2];

	vm->log = memfd_create("log", 0);
	vm->err = memfd_create("stderr", MFD_CLOEXEC);
	if (vm->log < 0 || vm->err < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, console) ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, qmp))
		return report_errno("cannot start QEMU");
	fcntl(console[0], F_SETFD, FD_CLOEXEC);
	fcntl(qmp[0], F_SETFD, FD_CLOEXEC);
	fcntl(console[0], F_SETFL, O_NONBLOCK);
	add_control(a, console[1], qmp[1], vm->log);
	report_command(a->arg);
	vm->pid = fork();
	if (!vm->pid)
		child(a, vm->err);
	close(console[1]);
	close(qmp[1]);
	fcntl(vm->log, F_SETFD, FD_CLOEXEC);
	vm->console = console[0];
	vm->qmp = (struct qmp){ .fd = qmp[0], .event = on_event, .ctx = vm };
	return vm->pid < 0 ? report_errno("fork") : 0;
}

static char *join(const struct vm_args *a)
{
	size_t len;
	char *text;
	FILE *f = open_memstream(&text, &len);

	for (unsigned i = 0; i < a->n; i++)
		fprintf(f, "%s%s", i ? " " : "", a->arg[i]);
	fclose(f);
	return text;
}

int vm_start(struct vm *vm, const struct vm_config *c)
{
	struct vm_args a;
	json_t *j;
	int err;

	vm->end = VM_RUNNING;
	vm->reboots = c->reboots;
	vm->records.list = json_array();
	vm->disks = json_array();
	vm->started_ms = vm_clock();
	vm->started_tsc = __builtin_ia32_rdtsc();
	if (path_command(&a, c))
		return -1;
	vm->firmware = firmware_hash(&a);
	err = c->extra.tpm ? tpm_start(&vm->tpm, &a) : 0;
	vm->command = join(&a);
	if (!err)
		err = spawn(vm, &a);
	path_close(&a);
	if (err)
		return -1;
	if (!qmp_greet(&vm->qmp) && (j = qmp_command(&vm->qmp, "cont", NULL))) {
		json_decref(j);
		return 0;
	}
	vm_stop(vm, VM_ERROR, "QEMU did not answer");
	say_qemu_error(vm);
	return report_error("%s", vm->why);
}

void vm_pollfds(const struct vm *vm, struct pollfd p[VM_POLLFDS])
{
	p[0] = (struct pollfd){ vm->console, POLLIN, 0 };
	p[1] = (struct pollfd){ vm->qmp.fd, POLLIN, 0 };
}

static void take_line(struct vm *vm)
{
	while (vm->line_len && vm->line[vm->line_len - 1] == '\r')
		vm->line_len--;
	vm->line[vm->line_len] = 0;
	vm->line_len = 0;
	records_take(&vm->records, vm->line, vm_clock() - vm->started_ms);
	for (size_t i = 0; i < sizeof(panics) / sizeof(panics[0]); i++)
		if (strstr(vm->line, panics[i]) && !vm->panic_ms)
			vm->panic_ms = vm_clock();
}

static bool read_console(struct vm *vm)
{
	char buf[4096];
	ssize_t n = read(vm->console, buf, sizeof(buf));

	if (n <= 0)
		return false;
	vm->output(vm->ctx, buf, (size_t)n);
	for (ssize_t i = 0; i < n; i++) {
		if (buf[i] == '\n' || buf[i] == 0)
			take_line(vm);
		else if (vm->line_len + 1 < sizeof(vm->line))
			vm->line[vm->line_len++] = buf[i];
	}
	return true;
}

/* QEMU is gone: by isa-debug-exit, or through a fault of its own. */
static void on_death(struct vm *vm)
{
	int status = 0;

	while (waitpid(vm->pid, &status, 0) < 0 && errno == EINTR)
		;
	vm->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == DEBUG_EXIT_CRASH) {
		finish(vm, VM_CRASH, "the hypervisor reported a crash");
	} else {
		finish(vm, VM_ERROR, "QEMU died");
		say_qemu_error(vm);
	}
}

/* It is back from a reboot, and may have one less. */
static void count_reboot(struct vm *vm)
{
	vm->reset_seen = false;
	if (vm->reboots && !--vm->reboots)
		json_decref(qmp_command(&vm->qmp, "set-action",
					json_pack("{ss}", "reboot",
						  "shutdown")));
}

void vm_step(struct vm *vm)
{
	/* What was said before the end comes before the end. */
	while (read_console(vm))
		if (vm->reset_seen)
			count_reboot(vm);
	if (vm->end == VM_RUNNING && qmp_read(&vm->qmp))
		on_death(vm);
	if (vm->panic_ms && !vm->reboots &&
	    vm_clock() - vm->panic_ms > AFTER_PANIC_MS)
		finish(vm, VM_CRASH, "kernel panic");
}

void vm_type(struct vm *vm, const char *keys, size_t len)
{
	if (write(vm->console, keys, len) < 0)
		return;	/* a guest that does not listen */
}

static void keep_disks(struct vm *vm)
{
	json_t *all = qmp_command(&vm->qmp, "query-blockstats", NULL), *one;
	size_t i;

	json_array_foreach(all, i, one) {
		const char *name = json_string_value(
			json_object_get(one, "device"));
		json_t *s = json_object_get(one, "stats");

		if (!name || strncmp(name, "hd", 2))
			continue;
		json_array_append_new(vm->disks, json_pack(
			"{ss sO sO sO sO}", "name", name,
			"reads", json_object_get(s, "rd_operations"),
			"read_bytes", json_object_get(s, "rd_bytes"),
			"writes", json_object_get(s, "wr_operations"),
			"written_bytes", json_object_get(s, "wr_bytes")));
	}
	json_decref(all);
}

/* The screen as a PNG, for people to look at. */
static void keep_screen(struct vm *vm)
{
	int fd = memfd_create("screen", MFD_CLOEXEC);
	char path[64];
	off_t size;

	if (fd < 0)
		return;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), fd);
	json_decref(qmp_command(&vm->qmp, "screendump",
				json_pack("{ss ss}", "filename", path,
					  "format", "png")));
	size = lseek(fd, 0, SEEK_END);
	vm->screen = size > 0 ? malloc((size_t)size) : NULL;
	if (vm->screen && pread(fd, vm->screen, (size_t)size, 0) == size)
		vm->screen_len = (size_t)size;
	close(fd);
}

void vm_stop(struct vm *vm, enum vm_end end, const char *why)
{
	finish(vm, end, why);
	if (vm->pid <= 0)
		return;
	if (vm->end != VM_ERROR) {
		keep_disks(vm);
		if (vm->want_screen) {
			keep_screen(vm);
			vm->screen_text = screentext_shown(&vm->qmp);
		}
		while (read_console(vm))
			;
	}
	if (vm->line_len)
		take_line(vm);
	kill(vm->pid, SIGKILL);
	while (waitpid(vm->pid, NULL, 0) < 0 && errno == EINTR)
		;
	vm->pid = 0;
}

void vm_release(struct vm *vm)
{
	int fds[] = { vm->console, vm->qmp.fd, vm->log, vm->err };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] > 0)
			close(fds[i]);
	tpm_stop(&vm->tpm);
	json_decref(vm->records.list);
	json_decref(vm->disks);
	json_decref(vm->firmware);
	json_decref(vm->qmp.reply);
	free(vm->screen);
	free(vm->screen_text);
	free(vm->command);
	*vm = (struct vm){ .end = VM_ERROR };
}

static const char *end_name(enum vm_end end)
{
	switch (end) {
	case VM_POWEROFF:
		return "power-off";
	case VM_CRASH:
		return "crash";
	case VM_WAITS:
		return "waits";
	case VM_REBOOT:
		return "reboot";
	case VM_TIMEOUT:
		return "time-out";
	default:
		return "error";
	}
}

json_t *vm_json(const struct vm *vm)
{
	json_t *j = json_pack("{so sO* ss so sf sO sO}",
			      "command", text_json(vm->command),
			      "firmware", vm->firmware, "end",
			      end_name(vm->end), "why", text_json(vm->why),
			      "seconds",
			      (double)(vm->ended_ms - vm->started_ms) / 1000,
			      "disks", vm->disks, "records", vm->records.list);

	if (vm->qmp.version[0])
		json_object_set_new(j, "qemu", text_json(vm->qmp.version));
	if (vm->records.lost)
		json_object_set_new(j, "records_lost",
				    json_integer(vm->records.lost));
	return j;
}
