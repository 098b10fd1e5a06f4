/*
 * The attribute's format is Linux's, include/uapi/linux/posix_acl_xattr.h:
 * a version, then entries of tag, permissions and id, sorted by tag and id.
 */
#include "tools/image/tree/acl.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/image/tree/data.h"
#include "tools/image/tree/gate.h"
#include "tools/report.h"

#define VERSION 2u
#define NO_ID 0xffffffffu
#define ENTRIES_MAX 500u	/* one block holds fewer */
#define PASSWD_MAX (16u << 20)

enum { USER_OBJ = 1, USER = 2, GROUP_OBJ = 4, GROUP = 8, MASK = 0x10,
       OTHER = 0x20 };

struct acl_entry {
	uint16_t tag, perm;
	uint32_t id;
};

/* One list as it was read; NAME[i] is what entry i still has no number for. */
struct acl_wait {
	struct acl_wait *next;
	struct tree_node *node;
	bool is_default;
	unsigned n;
	struct acl_entry entry[ENTRIES_MAX];
	char *name[ENTRIES_MAX];
};

static uint16_t tag_of(int tag)
{
	switch (tag) {
	case ARCHIVE_ENTRY_ACL_USER_OBJ:
		return USER_OBJ;
	case ARCHIVE_ENTRY_ACL_USER:
		return USER;
	case ARCHIVE_ENTRY_ACL_GROUP_OBJ:
		return GROUP_OBJ;
	case ARCHIVE_ENTRY_ACL_GROUP:
		return GROUP;
	case ARCHIVE_ENTRY_ACL_MASK:
		return MASK;
	case ARCHIVE_ENTRY_ACL_OTHER:
		return OTHER;
	default:
		return 0;
	}
}

static const char *add_entry(struct acl_wait *w, int perm, int tag, int id,
			     const char *name)
{
	struct acl_entry *x = &w->entry[w->n];

	if (w->n == ENTRIES_MAX)
		return "an access control list of more than 500 entries";
	x->tag = tag_of(tag);
	x->perm = (uint16_t)((perm & ARCHIVE_ENTRY_ACL_READ ? 4 : 0) |
			     (perm & ARCHIVE_ENTRY_ACL_WRITE ? 2 : 0) |
			     (perm & ARCHIVE_ENTRY_ACL_EXECUTE ? 1 : 0));
	x->id = NO_ID;
	if (!x->tag)
		return "an access control list that is not POSIX";
	if (x->tag & (USER | GROUP)) {
		x->id = (uint32_t)id;
		if (id < 0 && (!name || !name[0]))
			return "an access control list with a damaged entry";
		w->name[w->n] = id < 0 ? strdup(name) : NULL;
	}
	w->n++;
	return NULL;
}

/* With a list, the mode's middle bits are the mask. */
static void set_mode(const struct acl_wait *w)
{
	for (unsigned i = 0; i < w->n && !w->is_default; i++)
		if (w->entry[i].tag == MASK)
			w->node->mode = (w->node->mode & ~070u) |
				(uint32_t)w->entry[i].perm << 3;
}

static const char *take_one(struct acl_list *l, struct tree_node *n,
			    struct archive_entry *e, int kind)
{
	int type, perm, tag, id;
	const char *name, *why = NULL;
	struct acl_wait *w;

	if (!archive_entry_acl_reset(e, kind))
		return NULL;
	w = calloc(1, sizeof(*w));
	if (!w)
		abort();
	w->node = n;
	w->is_default = kind == ARCHIVE_ENTRY_ACL_TYPE_DEFAULT;
	w->next = l->first;
	l->first = w;
	while (!why && archive_entry_acl_next(e, kind, &type, &perm, &tag,
					      &id, &name) == ARCHIVE_OK)
		why = add_entry(w, perm, tag, id, name);
	set_mode(w);
	return why;
}

const char *acl_take(struct acl_list *l, struct tree_node *n,
		     struct archive_entry *e)
{
	const char *why = take_one(l, n, e, ARCHIVE_ENTRY_ACL_TYPE_ACCESS);

	return why ? why : take_one(l, n, e, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT);
}

/* ---- numbers for names ---- */

/* NAME's number in TEXT, lines of "name:x:number:..."; -1: not there. */
static int64_t find_id(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = text; p && *p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, name, len) && p[len] == ':') {
			p = strchr(p + len + 1, ':');
			return p ? strtol(p + 1, NULL, 10) : -1;
		}
	}
	return -1;
}

static int64_t id_of(const struct tree *t, const char *name, bool group)
{
	const char *file = group ? "etc/group" : "etc/passwd";
	const struct tree_node *n = gate_lookup(t, file, true);
	char *text = n && S_ISREG(n->mode) && n->size <= PASSWD_MAX ?
		     data_text(n, PASSWD_MAX, file) : NULL;
	int64_t id = text ? find_id(text, name) : -1;
	struct passwd *pw;
	struct group *gr;

	free(text);
	if (id >= 0)
		return id;
	if (group)
		return (gr = getgrnam(name)) ? (int64_t)gr->gr_gid : -1;
	return (pw = getpwnam(name)) ? (int64_t)pw->pw_uid : -1;
}

static int number(struct acl_wait *w, const struct tree *t,
		  const char *archive)
{
	for (unsigned i = 0; i < w->n; i++) {
		int64_t id;

		if (!w->name[i])
			continue;
		id = id_of(t, w->name[i], w->entry[i].tag == GROUP);
		if (id < 0)
			return report_error("%s: an access control list names "
					    "%s, which has no number",
					    archive, w->name[i]);
		w->entry[i].id = (uint32_t)id;
	}
	return 0;
}

/* ---- the attribute ---- */

static int by_tag(const void *a, const void *b)
{
	const struct acl_entry *x = a, *y = b;

	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void write_one(struct acl_wait *w, struct tree *t)
{
	const char *name = w->is_default ? "system.posix_acl_default" :
			   "system.posix_acl_access";
	struct {
		uint32_t version;
		struct acl_entry entry[ENTRIES_MAX];
	} value = { VERSION };

	qsort(w->entry, w->n, sizeof(w->entry[0]), by_tag);
	memcpy(value.entry, w->entry, w->n * sizeof(w->entry[0]));
	filetree_add_xattr(t, w->node, name, &value,
			   4 + w->n * sizeof(w->entry[0]));
}

int acl_finish(struct acl_list *l, struct tree *t, const char *archive)
{
	int err = 0;

	for (struct acl_wait *w = l->first, *next; w; w = next) {
		next = w->next;
		if (!err)
			err = number(w, t, archive);
		if (!err)
			write_one(w, t);
		for (unsigned i = 0; i < w->n; i++)
			free(w->name[i]);
		free(w);
	}
	l->first = NULL;
	return err;
}
