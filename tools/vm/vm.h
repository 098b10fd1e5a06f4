/*
 * A virtual machine from start to end.  Several may run at once: nothing is
 * global, the caller polls.
 */
#ifndef TOOLS_VM_VM_H
#define TOOLS_VM_VM_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tools/vm/qmp.h"
#include "tools/vm/path.h"
#include "tools/vm/records.h"
#include "tools/vm/tpm.h"

/* How it ended; the numbers are the exit statuses of `twinboot run`. */
enum vm_end {
	VM_POWEROFF = 0,
	VM_ERROR = 1,		/* QEMU did not start, or died */
	VM_CRASH = 3,		/* triple fault or kernel panic */
	VM_WAITS = 4,		/* for a key that nobody can press */
	VM_REBOOT = 5,
	VM_TIMEOUT = 124,
	VM_RUNNING = -1,
};

struct vm {
	enum vm_end end;
	char why[160];		/* one line about the end */
	unsigned reboots;	/* it may reboot so often before that ends it */
	/*
	 * Firmware may reset once more by itself before it begins: what counts
	 * is a reset and then something on the console.
	 */
	bool reset_seen;
	bool was_reset;		/* by the guest: whether on purpose is open */
	char *command;		/* QEMU's, for people */
	pid_t pid;
	struct tpm tpm;
	struct qmp qmp;
	int console, log, err;
	uint64_t started_ms, ended_ms, panic_ms, started_tsc;
	double ticks;		/* of the TSC for each ms, known at the end */
	bool want_screen;	/* set by the caller: a picture at the end */
	uint8_t *screen;	/* PNG, or NULL */
	size_t screen_len;
	char *screen_text;	/* its lines; NULL: it has a picture */
	/* Called with what the guest's console gives. */
	void (*output)(void *ctx, const char *text, size_t len);
	void *ctx;
	char line[8192];	/* of the console, so far */
	size_t line_len;
	struct records records;
	json_t *disks;		/* array of block statistics, after the end */
	json_t *firmware;	/* array of {"file": ..., "sha256": ...} */
};

#define VM_POLLFDS 2

/*
 * Start C's machine; output and ctx are set by the caller before.  0, or -1
 * with an error reported.
 */
int vm_start(struct vm *vm, const struct vm_config *c);

/* What to poll, and what to do after a poll or every 100 ms. */
void vm_pollfds(const struct vm *vm, struct pollfd p[VM_POLLFDS]);
void vm_step(struct vm *vm);

/* Keys for the guest's console. */
void vm_type(struct vm *vm, const char *keys, size_t len);

/* End it if it runs (END and WHY say why), collect statistics, clean up. */
void vm_stop(struct vm *vm, enum vm_end end, const char *why);
void vm_release(struct vm *vm);

/* {"end": "power-off", ...}: all that is known, a new reference. */
json_t *vm_json(const struct vm *vm);

/* Milliseconds of the monotonic clock. */
uint64_t vm_clock(void);

#endif
