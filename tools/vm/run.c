/*
 * twinboot run: one image, one boot path, the guest's console on stdout and
 * our terminal's keys to the guest.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "loader/disk/vdev.h"
#include "tools/commands.h"
#include "tools/interrupt.h"
#include "tools/report.h"
#include "tools/vm/vm.h"
#include "tools/option_value.h"

struct run {
	struct vm_config config;
	unsigned timeout;	/* seconds; 0: none */
	bool print, json;
	struct vm vm;
	struct termios saved;
	bool raw, escape, keys;
};

static void usage(void)
{
	const struct vm_path *p;

	puts("usage: twinboot run IMAGE --path PATH [OPTION...]\n\n"
	     "Boot IMAGE in QEMU, console on stdout.  IMAGE is not changed.\n"
	     "Ends 0 on power-off, 3 on a crash, 5 on reboot, 124 on time-out, "
	     "1 on an error.\n"
	     "On a terminal, Ctrl-A x ends it.\n\nPATH:");
	for (unsigned i = 0; (p = path_nth(i)); i++)
		printf("  %-14s %s\n", p->name, p->what);
	puts("\nOPTION:\n"
	     "  --timeout S    end after S seconds\n"
	     "  --disk D       virtio, ide, ahci, nvme, scsi or pvscsi\n"
	     "  --vdev NAME    the disk's name for a PV guest: xvda, xvda1, "
	     "sda1 ... (xvda)\n"
	     "  --nic CARD     none, virtio, e1000 or e1000e, on QEMU's user "
	     "network (none)\n"
	     "  --mem MB       memory (512)\n"
	     "  --cpu MODEL    QEMU's CPU model (qemu64)\n"
	     "  --smp N        CPUs (1)\n"
	     "  --icount       one instruction is one nanosecond\n"
	     "  --write        let the guest change IMAGE\n"
	     "  --print        only print the QEMU command\n"
	     "  --json         the result on stdout, the console on stderr");
}

static int take_option(struct run *r, int c)
{
	switch (c) {
	case 'p':
		r->config.path = path_find(optarg);
		return r->config.path ? 0 :
		       report_error("--path %s: no such path", optarg);
	case 'd':
		r->config.disk = path_disk(optarg);
		return r->config.disk ? 0 :
		       report_error("--disk %s: not one of virtio, ide, ahci, "
				    "nvme, scsi, pvscsi", optarg);
	case 'n':
		r->config.nic = path_nic(optarg);
		return r->config.nic ? 0 :
		       report_error("--nic %s: not one of none, virtio, e1000, "
				    "e1000e", optarg);
	case 'v':
		r->config.vdev = optarg;
		return vdev_number(optarg) ? 0 :
		       report_error("--vdev %s: not the name of a PV guest's "
				    "disk", optarg);
	case 't':
		return option_value_number("timeout", optarg, &r->timeout);
	case 'm':
		return option_value_number("mem", optarg, &r->config.mem_mb);
	case 's':
		return option_value_number("smp", optarg, &r->config.smp);
	case 'c':
		r->config.cpu = optarg;
		return 0;
	case 'i':
		r->config.icount = true;
		return 0;
	case 'w':
		r->config.write = true;
		return 0;
	case 'P':
		r->print = true;
		return 0;
	case 'j':
		r->json = true;
		return 0;
	default:
		return -1;
	}
}

/* 0; 1 when --help was shown; -1 with an error reported. */
static int parse(struct run *r, int argc, char **argv)
{
	static const struct option options[] = {
		{ "path", required_argument, NULL, 'p' },
		{ "disk", required_argument, NULL, 'd' },
		{ "nic", required_argument, NULL, 'n' },
		{ "vdev", required_argument, NULL, 'v' },
		{ "timeout", required_argument, NULL, 't' },
		{ "mem", required_argument, NULL, 'm' },
		{ "smp", required_argument, NULL, 's' },
		{ "cpu", required_argument, NULL, 'c' },
		{ "icount", no_argument, NULL, 'i' },
		{ "write", no_argument, NULL, 'w' },
		{ "print", no_argument, NULL, 'P' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h')
			return usage(), 1;
		if (take_option(r, c))
			return -1;
	}
	if (optind + 1 != argc)
		return report_error("give one IMAGE");
	if (!r->config.path)
		return report_error("give --path");
	if (r->config.vdev && !r->config.path->pv)
		return report_error("--vdev: only PV guests have such disks, "
				    "not --path %s", r->config.path->name);
	if (r->config.nic && r->config.nic->device && r->config.path->dom0)
		return report_error("--nic: with --path %s the card would be "
				    "dom0's", r->config.path->name);
	r->config.image = argv[optind];
	return path_look(&r->config);
}

static int print_command(const struct run *r)
{
	struct vm_args a;

	if (path_command(&a, &r->config))
		return 1;
	if (a.n_fds) {
		path_close(&a);
		report_error("--print: what this path starts lies inside %s, "
			     "not in files", r->config.image);
		return 1;
	}
	for (unsigned i = 0; i < a.n; i++) {
		const char *s = a.arg[i];

		fputs(i ? " " : "", stdout);
		if (!s[strcspn(s, " \t\n'\"\\$`!*?[]{}()<>|&;#~")] && s[0]) {
			fputs(s, stdout);
			continue;
		}
		putchar('\'');
		for (; *s; s++)
			printf(*s == '\'' ? "'\\''" : "%c", *s);
		putchar('\'');
	}
	puts(" -serial stdio");
	return 0;
}

static void show(void *ctx, const char *text, size_t len)
{
	const struct run *r = ctx;
	int fd = r->json ? STDERR_FILENO : STDOUT_FILENO;

	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			interrupt_signal =
				SIGPIPE; /* nobody reads it any more */
			return;
		}
		text += n;
		len -= (size_t)n;
	}
}

static void terminal_raw(struct run *r)
{
	struct termios t;

	r->keys = isatty(STDIN_FILENO);
	if (!r->keys || tcgetattr(STDIN_FILENO, &r->saved))
		return;
	t = r->saved;
	cfmakeraw(&t);
	t.c_oflag |= OPOST;
	r->raw = !tcsetattr(STDIN_FILENO, TCSANOW, &t);
}

static void terminal_restore(const struct run *r)
{
	if (r->raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &r->saved);
}

/* Ctrl-A is the escape, as in QEMU: Ctrl-A x ends, Ctrl-A Ctrl-A is Ctrl-A. */
static void take_keys(struct run *r)
{
	char c;

	if (read(STDIN_FILENO, &c, 1) != 1) {
		r->keys = false;
	} else if (r->escape && c == 'x') {
		interrupt_signal = SIGINT;
	} else if (c == 1 && !r->escape) {
		r->escape = true;
	} else {
		r->escape = false;
		vm_type(&r->vm, &c, 1);
	}
}

static void follow(struct run *r)
{
	uint64_t end = r->timeout ? vm_clock() + r->timeout * 1000ull : 0;

	while (r->vm.end == VM_RUNNING && !interrupt_signal) {
		struct pollfd p[VM_POLLFDS + 2];

		vm_pollfds(&r->vm, p);
		/* Of our output only: nobody reads it any more. */
		p[VM_POLLFDS] = (struct pollfd){ STDOUT_FILENO, 0, 0 };
		p[VM_POLLFDS + 1] = (struct pollfd){ STDIN_FILENO, POLLIN, 0 };
		poll(p, VM_POLLFDS + 1 + r->keys, 100);
		if (p[VM_POLLFDS].revents & POLLERR)
			interrupt_signal = SIGPIPE;
		if (r->keys && p[VM_POLLFDS + 1].revents)
			take_keys(r);
		vm_step(&r->vm);
		if (end && vm_clock() >= end)
			break;
	}
	if (interrupt_signal)
		vm_stop(&r->vm, VM_ERROR, "interrupted");
	else
		vm_stop(&r->vm, VM_TIMEOUT, "time is up");
}

static int run_machine(struct run *r)
{
	int status;

	interrupt_catch();
	r->vm.output = show;
	r->vm.ctx = r;
	if (vm_start(&r->vm, &r->config)) {
		vm_release(&r->vm);
		return 1;
	}
	terminal_raw(r);
	follow(r);
	terminal_restore(r);
	status = interrupt_signal ? 128 + interrupt_signal : (int)r->vm.end;
	if (r->json) {
		json_t *j = vm_json(&r->vm);

		json_dumpf(j, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(j);
	}
	if (status)
		report_error("%s: %s", r->config.image, r->vm.why);
	vm_release(&r->vm);
	return status;
}

static int run_run(int argc, char **argv)
{
	static struct run r;
	int err = parse(&r, argc, argv);

	if (err)
		return err > 0 ? 0 : 2;
	return r.print ? print_command(&r) : run_machine(&r);
}

const struct command run_command = {
	"run", "boot an image in QEMU", run_run,
};
