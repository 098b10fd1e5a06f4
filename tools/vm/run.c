/*
 * twinboot run: one image, one boot path, the guest's console on stdout and
 * our terminal's keys to the guest.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "loader/disk/vdev.h"
#include "tools/commands.h"
#include "tools/interrupt.h"
#include "tools/proc.h"
#include "tools/report.h"
#include "tools/vm/console.h"
#include "tools/vm/screentext.h"
#include "tools/vm/vm.h"

#define LOOK_EVERY_MS 2000

struct run {
	struct vm_config config;
	struct options_rest rest;
	struct image image;
	const char *path;	/* as --path has it */
	unsigned timeout;	/* seconds; 0: none */
	bool print, json, backing;
	struct vm vm;
	struct termios saved;
	bool raw, escape, keys;
	char tail[1024];	/* of the console */
	size_t tail_len;
	uint64_t spoke_ms;	/* when it last said a thing */
	uint64_t looked_ms;	/* when we last looked at its screen */
	bool lost;		/* nobody got what was said: told */
};

static int take_disk(void *self, const char *name, const char *value)
{
	struct run *r = self;

	r->config.disk = path_disk(value);
	return r->config.disk ? 0 :
	       report_error("--disk %s: not one of virtio, ide, ahci, nvme, "
			    "scsi, pvscsi, cd", value);
}

static int take_vdev(void *self, const char *name, const char *value)
{
	struct run *r = self;

	r->config.vdev = value;
	return vdev_number(value) ? 0 :
	       report_error("--vdev %s: not the name of a PV guest's disk",
			    value);
}

static int take_drive(void *self, const char *name, const char *value)
{
	return extra_drive(&((struct run *)self)->config.extra, value);
}

static int take_nic(void *self, const char *name, const char *value)
{
	return extra_nic(&((struct run *)self)->config.extra, value);
}

#define AT(member) offsetof(struct run, member)

static const struct options_row rows[] = {
	OPTIONS_PATHS("PATH", "how it is booted: one of those above", AT(path),
		      path_name),
	{ "timeout", 0, "S", "end after S seconds", OPTIONS_COUNT,
	  AT(timeout) },
	{ "disk", 0, "DISK", "virtio, ide, ahci, nvme, scsi, pvscsi or cd",
	  OPTIONS_CALL, 0, take_disk, path_disk_name },
	{ "vdev", 0, "NAME", "the disk's name for a PV guest: xvda, xvda1, "
	  "sda1 ... (xvda)", OPTIONS_CALL, 0, take_vdev },
	{ "mem", 0, "SIZE", "memory, as 512M or 2G (512M)", OPTIONS_MEMORY,
	  AT(config.mem_mb) },
	{ "cpu", 0, "MODEL", "QEMU's CPU model (qemu64)", OPTIONS_TEXT,
	  AT(config.cpu) },
	{ "icount", 0, NULL, "one instruction is one nanosecond", OPTIONS_FLAG,
	  AT(config.icount) },
	{ "write", 0, NULL, "let the guest change IMAGE", OPTIONS_FLAG,
	  AT(config.write) },
	{ "reboots", 0, "N", "let the guest reboot N times before that ends "
	  "it (0)", OPTIONS_NUMBER, AT(config.reboots) },
	{ "backing", 0, NULL, "read the files that IMAGE names (backing and "
	  "data files, extents)", OPTIONS_FLAG, AT(backing) },
	EXTRA_ROWS(AT(config.extra), take_drive, take_nic),
	{ "print", 0, NULL, "only print the QEMU command", OPTIONS_FLAG,
	  AT(print) },
	{ "json", 0, NULL, "the result on stdout, the console on stderr",
	  OPTIONS_FLAG, AT(json) },
};

static const struct options_example examples[] = {
	{ "Boot by BIOS, on the terminal; Ctrl-A x ends it:",
	  "twinboot run disk.img --path bios" },
	{ "As a Xen PV guest of the included hypervisor, for a minute at most:",
	  "twinboot run disk.img --path pv --timeout 60" },
	{ "By UEFI from an NVMe disk, with a graphics card for oneself to see:",
	  "twinboot run disk.img --path uefi --disk nvme -- -display gtk" },
	{ NULL, NULL },
};

static void help(FILE *out)
{
	const struct vm_path *p;

	fputs("\nPaths:\n", out);
	for (unsigned i = 0; (p = path_nth(i)); i++)
		fprintf(out, "  %-14s %s\n", p->name, p->what);
}

static const struct options options = {
	.usage = "IMAGE --path PATH [OPTION...] [-- QEMU ARGUMENT...]",
	.about = "Boot IMAGE in QEMU, console on stdout.  IMAGE is changed "
		 "only with --write.\nEnds 0 on power-off, 3 on a crash, 4 "
		 "when nothing is found to start, or what was\nstarted waits "
		 "for a key, and stdin is no terminal, 5 on reboot, 124 on "
		 "time-out,\n1 on an error.  On a terminal, Ctrl-A x ends "
		 "it.",
	.row = rows, .n = sizeof(rows) / sizeof(rows[0]),
	.operand = "IMAGE", .min = 1, .max = 1, .more = true, .help = help,
	.example = examples,
};

/* 0; 1 when --help was shown; -1 with an error reported. */
static int parse(struct run *r, int argc, char **argv)
{
	int err = options_parse(&options, r, argc, argv, &r->rest);

	if (err)
		return err;
	if (!r->path)
		return report_error("give --path");
	r->config.path = path_find(r->path);
	if (!r->config.path)
		return report_error("--path %s: no such path", r->path);
	if (r->config.vdev && !r->config.path->pv)
		return report_error("--vdev: only PV guests have such disks, "
				    "not --path %s", r->config.path->name);
	if (extra_has_nic(&r->config.extra) && r->config.path->dom0)
		return report_error("--nic: with --path %s the card would be "
				    "dom0's", r->config.path->name);
	if (r->config.extra.smp > PATH_GUEST_CPUS && !r->config.path->dom0 &&
	    (r->config.path->pv || r->config.path->hv))
		return report_error("--smp %u: hv.elf's guest has at most %u",
				    r->config.extra.smp, PATH_GUEST_CPUS);
	if (extra_check(&r->config.extra))
		return -1;
	if (r->config.extra.tpm && r->print)
		return report_error("--print: the TPM would not be there");
	if (r->rest.n_more > VM_MORE_MAX)
		return report_error("more than %d arguments for QEMU",
				    VM_MORE_MAX);
	r->config.more = (const char *const *)r->rest.more;
	r->config.n_more = r->rest.n_more;
	return 0;
}

static int print_command(const struct run *r)
{
	struct vm_args a;

	if (path_command(&a, &r->config))
		return 1;
	if (a.n_fds) {
		path_close(&a);
		report_error("--print: QEMU is given files by number here, as "
			     "what lies inside %s, or has blanks in its name",
			     r->config.image);
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

/* The last words of the console: a prompt is among them. */
static void keep_tail(struct run *r, const char *text, size_t len)
{
	size_t room = sizeof(r->tail) - 1, keep;

	r->spoke_ms = vm_clock();
	if (len > room) {
		text += len - room;
		len = room;
	}
	keep = r->tail_len < room - len ? r->tail_len : room - len;
	memmove(r->tail, r->tail + r->tail_len - keep, keep);
	for (size_t i = 0; i < len; i++)
		r->tail[keep + i] = text[i] ? text[i] : ' ';
	r->tail_len = keep + len;
	r->tail[r->tail_len] = 0;
}

static void show(void *ctx, const char *text, size_t len)
{
	struct run *r = ctx;
	int fd = r->json ? STDERR_FILENO : STDOUT_FILENO;

	keep_tail(r, text, len);
	while (len && !r->lost) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			r->lost = errno != EPIPE;
			if (r->lost)
				report_errno("standard %s", r->json ? "error" :
					     "output");
			interrupt_signal = SIGPIPE; /* nobody gets it */
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

/*
 * Why it would wait for ever, with nobody at our terminal; NULL: it goes on.
 * A BIOS says what it has to say on the screen.
 */
static const char *waits(struct run *r)
{
	uint64_t now = vm_clock();
	const char *why;
	char *text;

	if (r->keys || now - r->spoke_ms < CONSOLE_LAST_WORDS_MS)
		return NULL;
	why = console_stops(r->tail);
	if (why || now - r->looked_ms < LOOK_EVERY_MS)
		return why;
	r->looked_ms = now;
	text = screentext_all(&r->vm.qmp);
	why = text ? console_nothing_boots(text) : NULL;
	free(text);
	return why;
}

static void follow(struct run *r)
{
	uint64_t end = r->timeout ? vm_clock() + r->timeout * 1000ull : 0;
	const char *why = NULL;

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
		why = r->vm.end == VM_RUNNING ? waits(r) : NULL;
		if (why || (end && vm_clock() >= end))
			break;
	}
	if (interrupt_signal)
		vm_stop(&r->vm, VM_ERROR, "interrupted");
	else if (why)
		vm_stop(&r->vm, VM_WAITS, why);
	else
		vm_stop(&r->vm, VM_TIMEOUT, "time is up");
}

static int run_machine(struct run *r)
{
	int status;

	if (!proc_has("qemu-system-x86_64"))
		return 1;
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
	status = r->lost ? 1 : interrupt_signal ? 128 + interrupt_signal :
		 (int)r->vm.end;
	if (r->json) {
		json_t *j = vm_json(&r->vm);

		json_dumpf(j, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(j);
	}
	if (status && !r->lost)
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
	if (extra_find(&r.config.extra) ||
	    image_open(&r.image, r.rest.operand[0], r.backing))
		return 1;
	err = path_take(&r.config, &r.image, r.config.write || r.print);
	if (!err)
		err = r.print ? print_command(&r) : run_machine(&r);
	image_close(&r.image);
	return err < 0 ? 1 : err;
}

const struct command run_command = {
	"run", "boot an image in QEMU", &options, run_run,
};
