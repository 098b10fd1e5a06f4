/* QEMU's machine protocol over a connected socket. */
#ifndef TOOLS_VM_QMP_H
#define TOOLS_VM_QMP_H

#include <jansson.h>
#include <stddef.h>

struct qmp {
	int fd;
	void (*event)(void *ctx, const char *name, json_t *data);
	void *ctx;
	json_t *reply;		/* to the last command */
	json_int_t id;		/* that command's; 0: the greeting */
	char version[96];	/* QEMU's, of its greeting */
	size_t used;
	char buf[1 << 16];
};

/*
 * Read what has come, call event() for events.  0, or -1 when the other side
 * has closed.
 */
int qmp_read(struct qmp *q);

/*
 * Run COMMAND with ARGS (stolen, may be NULL) and wait for the reply.  Its
 * "return" value, to be released by the caller, or NULL: an error, closed, a
 * minute without an answer, or a signal that ends us.
 */
json_t *qmp_command(struct qmp *q, const char *command, json_t *args);

/* Wait for the greeting and enter command mode.  0 or -1. */
int qmp_greet(struct qmp *q);

#endif
