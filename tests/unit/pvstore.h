/*
 * The PV loader's xenstore for tests: a table, in place of
 * pvboot/guest/store.c.
 */
#ifndef TESTS_UNIT_PVSTORE_H
#define TESTS_UNIT_PVSTORE_H

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/fmt.h"
#include "pvboot/guest/store.h"
#include "tests/pvguest.h"

static struct node {
	char path[96], value[64];
} node[512];
static char listing[1024];
static int listing_len;

static inline struct node *find(const char *path)
{
	for (unsigned i = 0; i < 512; i++)
		if (node[i].path[0] && !strcmp(node[i].path, path))
			return &node[i];
	return NULL;
}

static inline void set(const char *dir, const char *name, const char *value)
{
	char path[96];
	struct node *n;

	snprintf(path, sizeof(path), "%s%s%s", dir, name[0] ? "/" : "", name);
	n = find(path);
	for (unsigned i = 0; !n; i++)
		n = node[i].path[0] ? NULL : &node[i];
	snprintf(n->path, sizeof(n->path), "%s", path);
	snprintf(n->value, sizeof(n->value), "%s", value);
}

static inline const char *get(const char *dir, const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return find(path) ? find(path)->value : "-";
}

int store_read(const char *path, char *buf, size_t size)
{
	struct node *n = find(path);

	if (!n || strlen(n->value) >= size)
		return -1;
	strcpy(buf, n->value);
	return (int)strlen(buf);
}

int store_list(const char *path, char *buf, size_t size)
{
	assert_string_equal(path, "device/vbd");
	if (listing_len > 0)
		memcpy(buf, listing, (size_t)listing_len);
	return listing_len;
}

void store_read_all(const char *dir, struct store_node *n, unsigned count)
{
	char path[96];

	for (; count; count--, n++) {
		snprintf(path, sizeof(path), "%s/%s", dir, n->name);
		n->len = store_read(path, n->text, sizeof(n->text));
	}
}

uint64_t store_node_number(const struct store_node *n, uint64_t missing)
{
	return n->len > 0 && n->text[0] >= '0' && n->text[0] <= '9' ?
		strtoull(n->text, NULL, 10) : missing;
}

uint64_t store_number(const char *dir, const char *name, uint64_t missing)
{
	const char *s = get(dir, name);

	return *s >= '0' && *s <= '9' ? strtoull(s, NULL, 10) : missing;
}

void store_write(const char *dir, const char *name, const char *value)
{
	set(dir, name, value);
}

void store_write_number(const char *dir, const char *name, uint64_t value)
{
	char text[24];

	fmt(text, sizeof(text), "%lu", value);
	set(dir, name, text);
}

void store_remove(const char *dir, const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (find(path))
		find(path)->path[0] = 0;
}

int store_flush(void)
{
	return 0;
}

void store_send(void)
{
}

/* ---- watches: what is set must be taken back; the test counts events ---- */

static char watched[16][96];
static unsigned events;

void store_watch(const char *dir, const char *name)
{
	unsigned i = 0;

	while (watched[i][0])
		i++;
	snprintf(watched[i], sizeof(watched[i]), "%s/%s", dir, name);
	events++;
}

void store_unwatch(const char *dir, const char *name)
{
	char path[96];
	unsigned i = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	while (strcmp(watched[i], path))
		i++;
	watched[i][0] = 0;
}

unsigned store_events(void)
{
	return events;
}

void store_wait(unsigned seen, uint64_t until)
{
	if (events == seen)
		fakexen.backend();
	if (events != seen)
		fakexen.now++;
	else if (fakexen.now < until)
		fakexen.now = until;
}

#endif
