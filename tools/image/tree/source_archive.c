/*
 * Members of an archive, as libarchive reads them: tar in all its dialects and
 * compressions, and mtree.  Each is copied out before the next is read, so a
 * pipe will do.
 */
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/filter.h"
#include "tools/image/tree/acl.h"
#include "tools/image/tree/data.h"
#include "tools/image/tree/gate.h"
#include "tools/image/tree/source.h"
#include "tools/progress.h"
#include "tools/report.h"

#define XATTR_MAX 65536u	/* Linux: XATTR_SIZE_MAX */

struct members {
	struct tree *tree;
	const struct tree *below;	/* or NULL */
	struct archive *archive;
	const char *name;	/* of the archive, for errors */
	struct acl_list acls;
};

/* PATH: the member's; "" of one whose header was not read. */
static int bad(const struct members *m, const char *path, const char *why)
{
	return report_error("%s: %s%s%s", m->name, path, path[0] ? ": " : "",
			    why);
}

static int archive_failed(const struct members *m)
{
	return report_error("%s: %s", m->name, filter_error(m->archive));
}

/* Numbers that neither ext nor FAT could hold are refused here. */
static const char *take_facts(struct tree_node *n, struct archive_entry *e,
			      bool is_tar)
{
	int64_t uid = archive_entry_uid(e), gid = archive_entry_gid(e);

	/* 2^32-1 is Linux's "no owner". */
	if (uid < 0 || uid >= UINT32_MAX || gid < 0 || gid >= UINT32_MAX)
		return "an owner or group that is no number of 32 bits";
	n->uid = (uint32_t)uid;
	n->gid = (uint32_t)gid;
	if (archive_entry_mtime_is_set(e)) {
		n->mtime.tv_sec = archive_entry_mtime(e);
		n->mtime.tv_nsec = archive_entry_mtime_nsec(e);
	}
	/* pax' "-5.25" comes as -5 seconds and 0.25. */
	if (is_tar && n->mtime.tv_sec < 0 && n->mtime.tv_nsec > 0) {
		n->mtime.tv_sec--;
		n->mtime.tv_nsec = 1000000000 - n->mtime.tv_nsec;
	}
	if (n->mtime.tv_nsec < 0 || n->mtime.tv_nsec > 999999999)
		return "a damaged time";
	source_adjust(n);
	if (S_ISCHR(n->mode) || S_ISBLK(n->mode)) {
		n->major = (uint32_t)archive_entry_rdevmajor(e);
		n->minor = (uint32_t)archive_entry_rdevminor(e);
	}
	return NULL;
}

static const char *take_xattrs(struct members *m, struct tree_node *n,
			       struct archive_entry *e)
{
	const char *name;
	const void *value;
	size_t len;

	archive_entry_xattr_reset(e);
	while (!archive_entry_xattr_next(e, &name, &value, &len)) {
		if (len > XATTR_MAX)
			return "an attribute of more than 64 KiB";
		filetree_add_xattr(m->tree, n, name, value, len);
	}
	return NULL;
}

static int read_data(struct members *m, struct tree_node *n,
		     struct archive_entry *e, const char *path)
{
	static struct data_writer w;
	uint64_t size = (uint64_t)archive_entry_size(e), got = 0;
	const void *buf;
	size_t len;
	int64_t at;
	int r;

	if (archive_entry_size(e) < 0)
		return bad(m, path, "size below 0");
	data_begin(&w, m->tree, n, size, path);
	while ((r = archive_read_data_block(m->archive, &buf, &len, &at)) ==
	       ARCHIVE_OK || r == ARCHIVE_WARN) {
		if (at < 0 || data_write(&w, (uint64_t)at, buf, len))
			return at < 0 ? bad(m, path, "damaged") : -1;
		got += len;
	}
	if (r != ARCHIVE_EOF)
		return archive_failed(m);
	if (!got && size && !archive_entry_sparse_count(e))
		return bad(m, path, "its bytes are not there");
	return data_end(&w);
}

static int add_link(struct members *m, struct archive_entry *e,
		    const char *path, const char *to)
{
	struct tree_node *n;

	n = gate_link(m->tree, m->below, path, to);
	if (!n)
		return -1;
	/* pax may give the bytes with the last name. */
	if (archive_entry_size_is_set(e) && archive_entry_size(e) > 0 &&
	    S_ISREG(n->mode))
		return read_data(m, n, e, path);
	return 0;
}

static const char *symlink_of(struct archive_entry *e)
{
	const char *to = archive_entry_symlink(e);

	return to ? to : archive_entry_symlink_utf8(e);
}

static int add_member(struct members *m, struct archive_entry *e,
		      const char *path)
{
	struct tree_node *n = filetree_new_node(m->tree,
					    archive_entry_mode(e) &
					    (S_IFMT | 07777));
	bool is_tar = (archive_format(m->archive) &
		       ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
	const char *why = take_facts(n, e, is_tar), *to = symlink_of(e);

	if (!why)
		why = take_xattrs(m, n, e);
	if (!why)
		why = acl_take(&m->acls, n, e);
	if (!why && S_ISLNK(n->mode) && (!to || strlen(to) >= TREE_PATH_MAX))
		why = "a symbolic link without a target, or a longer one "
		      "than Linux has";
	if (why)
		return bad(m, path, why);
	switch (n->mode & S_IFMT) {
	case S_IFREG:
		if (read_data(m, n, e, path))
			return -1;
		break;
	case S_IFLNK:
		n->target = filetree_strdup(m->tree, to, strlen(to));
		n->size = strlen(to);
		break;
	case S_IFDIR:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		break;
	default:
		return bad(m, path, "neither file, directory, link nor device");
	}
	return gate_put(m->tree, path, n) ? 0 : -1;
}

static const char *path_of(struct archive_entry *e)
{
	const char *path = archive_entry_pathname(e);

	if (!path)
		path = archive_entry_pathname_utf8(e);
	return path ? path : "";
}

static int add_entry(struct members *m, struct archive_entry *e)
{
	const char *path = path_of(e);
	const char *link = archive_entry_hardlink(e);

	if (!link)
		link = archive_entry_hardlink_utf8(e);
	if (!path[0])
		return report_error("%s: a member without a name", m->name);
	if (link)
		return add_link(m, e, path, link);
	return add_member(m, e, path);
}

/* Did it only fail to turn a name into the locale's?  Bytes will do for us. */
static bool only_name(struct archive *a)
{
	const char *why = archive_error_string(a);

	return why && strstr(why, "can't be converted");
}

int source_archive(struct tree *t, const struct tree *below,
		   struct archive *a, const char *name, uint64_t *n)
{
	struct members m = { .tree = t, .below = below, .archive = a,
			     .name = name };
	struct archive_entry *e;
	int got, err = 0;

	for (*n = 0; !err; ++*n) {
		got = archive_read_next_header(a, &e);
		if (got == ARCHIVE_EOF)
			break;
		progress_say("reading",
			     (uint64_t)archive_filter_bytes(a, -1), 0);
		/* With what it left out it says ARCHIVE_OK, too. */
		if (got < ARCHIVE_WARN)
			err = archive_failed(&m);
		else if (archive_errno(a) && !only_name(a))
			err = bad(&m, path_of(e), filter_error(a));
		else
			err = add_entry(&m, e);
	}
	if (!err)
		err = acl_finish(&m.acls, t, name);
	return err;
}
