/*
 * QMP: one JSON object a line.  Events may come between a command and its
 * reply; they are handed out as they are met.  So may the reply to an earlier
 * command that was waited for in vain: commands are numbered.
 */
#include "tools/vm/qmp.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/interrupt.h"

/* QEMU may be starved by what else runs; when it is dead, its socket closes. */
#define PATIENCE_MS 60000

static void take_line(struct qmp *q, const char *line, size_t len)
{
	json_t *j = json_loadb(line, len, 0, NULL);
	const char *event = json_string_value(json_object_get(j, "event"));

	if (event) {
		q->event(q->ctx, event, json_object_get(j, "data"));
		json_decref(j);
	} else if (j && json_integer_value(json_object_get(j, "id")) == q->id) {
		json_decref(q->reply);
		q->reply = j;
	} else {
		json_decref(j);
	}
}

static void take_lines(struct qmp *q)
{
	char *start = q->buf, *nl;
	size_t left = q->used;

	while ((nl = memchr(start, '\n', left))) {
		take_line(q, start, (size_t)(nl - start));
		left -= (size_t)(nl + 1 - start);
		start = nl + 1;
	}
	memmove(q->buf, start, left);
	q->used = left;
}

int qmp_read(struct qmp *q)
{
	ssize_t n;

	if (q->used == sizeof(q->buf))
		return -1;	/* a line longer than any we ask for */
	n = recv(q->fd, q->buf + q->used, sizeof(q->buf) - q->used,
		 MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -1;
	q->used += (size_t)n;
	take_lines(q);
	return 0;
}

static json_t *await_reply(struct qmp *q)
{
	json_t *reply = NULL;

	while (!q->reply) {
		struct pollfd p = { q->fd, POLLIN, 0 };
		int n = poll(&p, 1, PATIENCE_MS);

		if (n < 0 && errno == EINTR && !interrupt_signal)
			continue;
		if (n <= 0 || qmp_read(q))
			return NULL;
	}
	reply = q->reply;
	q->reply = NULL;
	return reply;
}

json_t *qmp_command(struct qmp *q, const char *command, json_t *args)
{
	json_t *j = json_pack("{ss so* sI}", "execute", command, "arguments",
			      args, "id", ++q->id);
	char *text = json_dumps(j, JSON_COMPACT);
	size_t len = strlen(text);
	json_t *reply, *value = NULL;

	json_decref(q->reply);
	q->reply = NULL;
	if (send(q->fd, text, len, MSG_NOSIGNAL) == (ssize_t)len &&
	    send(q->fd, "\n", 1, MSG_NOSIGNAL) == 1) {
		reply = await_reply(q);
		value = json_incref(json_object_get(reply, "return"));
		json_decref(reply);
	}
	free(text);
	json_decref(j);
	return value;
}

/* "7.2.22 (Debian 1:7.2+dfsg-7)", of the greeting J. */
static void keep_version(struct qmp *q, json_t *j)
{
	int major, minor, micro;
	const char *package;

	if (!json_unpack(j, "{s{s{s{si si si} ss}}}", "QMP", "version", "qemu",
			 "major", &major, "minor", &minor, "micro", &micro,
			 "package", &package))
		snprintf(q->version, sizeof(q->version), "%d.%d.%d%s%.64s%s",
			 major, minor, micro, *package ? " (" : "", package,
			 *package ? ")" : "");
}

int qmp_greet(struct qmp *q)
{
	json_t *j = await_reply(q);

	if (!j)
		return -1;
	keep_version(q, j);
	json_decref(j);
	j = qmp_command(q, "qmp_capabilities", NULL);
	json_decref(j);
	return j ? 0 : -1;
}
