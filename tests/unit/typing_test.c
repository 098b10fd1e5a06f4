/*
 * Keys for a machine that reads them when it likes: a child plays QEMU, and
 * says with its exit status what it has seen.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/vm/sendkey.h"

enum { GOOD, TOO_EARLY, WRONG };

/* The machine's keyboard. */
struct played {
	unsigned waits, slow;	/* looks until a key has been read */
	bool bios;		/* its BIOS takes keys at once */
	uint8_t head, tail;
	char typed[64];
};

static const char *args_text(json_t *j, const char *key)
{
	return json_string_value(json_object_get(json_object_get(j,
		"arguments"), key));
}

static void take_event(struct played *m, json_t *event)
{
	json_t *data = json_object_get(event, "data");
	const char *name = json_string_value(json_object_get(
		json_object_get(data, "key"), "data"));
	bool down = json_is_true(json_object_get(data, "down"));
	size_t len = strlen(m->typed);

	snprintf(m->typed + len, sizeof(m->typed) - len, "%s%s", name,
		 down ? "," : ";");
}

static void take_keys(struct played *m, json_t *j)
{
	json_t *event;
	size_t i;

	if (m->waits || m->head != m->tail)
		exit(TOO_EARLY);
	json_array_foreach(json_object_get(json_object_get(j, "arguments"),
					   "events"), i, event)
		take_event(m, event);
	m->waits = m->slow;
	if (m->bios)
		m->tail = m->tail == 0x3c ? 0x1e : m->tail + 2;
}

/* The BIOS' data area, of which the guest reads a key now and then. */
static void save_memory(struct played *m, json_t *j)
{
	uint8_t data[0x84] = { 0 };
	FILE *f = fopen(args_text(j, "filename"), "w");

	data[0x1a] = m->head;
	data[0x1c] = m->tail;
	data[0x80] = 0x1e;
	data[0x82] = 0x3e;
	fwrite(data, 1, sizeof(data), f);
	fclose(f);
	if (m->bios && m->waits && !--m->waits)
		m->head = m->tail;
}

static const char *status(struct played *m)
{
	if (m->bios || !m->waits)
		return "portb[0x0064] = 0x1c";
	m->waits--;
	return "portb[0x0064] = 0x1d";
}

static void play(int fd, struct played *m, const char *wanted)
{
	FILE *in = fdopen(fd, "r");
	char line[4096];

	while (fgets(line, sizeof(line), in)) {
		json_t *j = json_loads(line, 0, NULL);
		const char *name = json_string_value(json_object_get(j,
							"execute"));
		json_int_t id = json_integer_value(json_object_get(j, "id"));
		const char *value = "";

		if (!strcmp(name, "input-send-event"))
			take_keys(m, j);
		else if (!strcmp(name, "pmemsave"))
			save_memory(m, j);
		else if (strcmp(args_text(j, "command-line"), "i /b 0x64"))
			exit(WRONG);
		else
			value = status(m);
		/* What an earlier command was waited for in vain. */
		dprintf(fd, "{\"return\": \"portb[0x0064] = 0x00\", \"id\": "
			"%d}\n", (int)id - 1);
		dprintf(fd, "{\"return\": \"%s\", \"id\": %d}\n", value,
			(int)id);
		json_decref(j);
	}
	exit(strcmp(m->typed, wanted) ? WRONG : GOOD);
}

static void ignore_event(void *ctx, const char *name, json_t *data)
{
}

static void type(struct played m, const char *text, const char *wanted)
{
	struct qmp q = { .event = ignore_event };
	struct sendkey s;
	int fd[2], ended;
	unsigned steps = 0;
	pid_t child;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	child = fork();
	if (!child) {
		close(fd[0]);
		play(fd[1], &m, wanted);
	}
	close(fd[1]);
	q.fd = fd[0];
	assert_int_equal(sendkey_type(&s, &q, text), 0);
	for (; s.left && steps < 1000; steps++)
		sendkey_step(&s, &q);
	assert_null(s.left);
	assert_false(sendkey_step(&s, &q));
	close(q.fd);
	json_decref(q.reply);
	assert_int_equal(waitpid(child, &ended, 0), child);
	assert_int_equal(ended, GOOD << 8);
}

#define HI "shift,h,h;shift;i,i;ret,ret;"

static void test_controller(void **state)
{
	for (unsigned slow = 0; slow < 9; slow++)
		type((struct played){ .slow = slow }, "Hi", HI);
}

static void test_bios(void **state)
{
	/* Also round the ring's end, and from where nobody has read a thing. */
	for (unsigned at = 0x1e; at < 0x3e; at += 2)
		for (unsigned slow = 1; slow < 5; slow++)
			type((struct played){ .slow = slow, .bios = true,
				.head = (uint8_t)at, .tail = (uint8_t)at },
			     "Hi", HI);
}

static void test_nothing(void **state)
{
	struct qmp q = { .fd = -1 };
	struct sendkey s = { 0 };

	type((struct played){ 0 }, "", "ret,ret;");
	/* All of it can be typed, or nothing is. */
	assert_int_equal(sendkey_type(&s, &q, "na\xc3\xafve"), -1);
	assert_null(s.left);
}

/* QEMU is gone: nothing is left to do. */
static void test_gone(void **state)
{
	struct qmp q = { .event = ignore_event };
	struct sendkey s;
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	close(fd[1]);
	q.fd = fd[0];
	assert_int_equal(sendkey_type(&s, &q, "Hi"), 0);
	sendkey_step(&s, &q);
	assert_null(s.left);
	close(q.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_controller), cmocka_unit_test(test_bios),
		cmocka_unit_test(test_nothing), cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests_name("typing", tests, NULL, NULL);
}
