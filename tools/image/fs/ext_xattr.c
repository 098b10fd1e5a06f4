/*
 * Extended attributes as ext keeps them (Linux, Documentation/filesystems/ext4/
 * attributes.rst): those that fit behind the inode's fields there, the others
 * in one block.  Entries are sorted as the kernel's; values grow down from the
 * end.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/image/fs/ext.h"

#define MAX 1024		/* entries a block could have are fewer */

struct attribute {
	uint8_t index;
	const char *name;	/* without its prefix */
	const void *value;
	size_t len;
	uint8_t acl[8 + 8 * 512];	/* VALUE of an ACL in ext's form */
};

/* The kernel's ext4_xattr_handler_map. */
static const struct {
	const char *prefix;
	uint8_t index;
	bool whole;		/* nothing comes behind it */
} prefixes[] = {
	{ "system.posix_acl_access", 2, true },
	{ "system.posix_acl_default", 3, true },
	{ "user.", 1, false },
	{ "trusted.", 4, false },
	{ "security.", 6, false },
};

/*
 * Linux's xattr form of an ACL, version 2 and 8 bytes an entry, to ext4's:
 * version 1, and an id only where it says something (fs/ext4/acl.h).
 */
static const char *convert_acl(struct attribute *a)
{
	const uint8_t *in = a->value;
	uint8_t *out = a->acl;
	static const uint32_t version = 1;
	uint32_t v;

	if (a->len < 4 || (a->len - 4) % 8 || a->len > 4 + 8 * 512)
		return "a damaged access control list";
	memcpy(&v, in, 4);
	if (v != 2)
		return "an access control list of another version";
	memcpy(out, &version, 4);
	out += 4;
	for (size_t at = 4; at < a->len; at += 8) {
		uint16_t tag;
		size_t n;

		memcpy(&tag, in + at, 2);
		n = tag == 2 || tag == 8 ? 8 : 4;
		memcpy(out, in + at, n);
		out += n;
	}
	a->value = a->acl;
	a->len = (size_t)(out - a->acl);
	return NULL;
}

static const char *take(struct attribute *a, const struct tree_xattr *x)
{
	size_t i = 0, n = sizeof(prefixes) / sizeof(prefixes[0]), len = 0;

	for (; i < n; i++) {
		len = strlen(prefixes[i].prefix);
		if (!strncmp(x->name, prefixes[i].prefix, len) &&
		    (prefixes[i].whole ? !x->name[len] : x->name[len]))
			break;
	}
	if (i == n)
		return "ext has no attributes of this kind";
	if (strlen(x->name + len) > 255)
		return "an attribute's name of more than 255 bytes";
	a->index = prefixes[i].index;
	a->name = x->name + len;
	a->value = x->value;
	a->len = x->len;
	return prefixes[i].whole ? convert_acl(a) : NULL;
}

/* ext4_xattr_find_entry's order. */
static int by_entry(const void *a, const void *b)
{
	const struct attribute *x = *(struct attribute *const *)a;
	const struct attribute *y = *(struct attribute *const *)b;
	size_t n = strlen(x->name), m = strlen(y->name);

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	if (n != m)
		return n < m ? -1 : 1;
	return memcmp(x->name, y->name, n);
}

/* Room for entries between BASE and END of it; offsets count from BASE. */
struct room {
	uint8_t *base, *entry, *value;
	bool hashed;		/* a block: entries have a hash */
};

static bool put(struct room *r, const struct attribute *a)
{
	size_t name = strlen(a->name), entry = EXT2_EXT_ATTR_LEN(name);
	size_t value = EXT2_EXT_ATTR_SIZE(a->len);
	struct ext2_ext_attr_entry *e = (void *)r->entry;

	/* Four zero bytes end the entries. */
	if (entry + 4 + value > (size_t)(r->value - r->entry))
		return false;
	r->value -= value;
	memcpy(r->value, a->value, a->len);
	e->e_name_len = (uint8_t)name;
	e->e_name_index = a->index;
	e->e_value_size = (uint32_t)a->len;
	e->e_value_offs = a->len ? (uint16_t)(r->value - r->base) : 0;
	memcpy(e + 1, a->name, name);
	if (r->hashed)
		e->e_hash = ext2fs_ext_attr_hash_entry(e, r->value);
	r->entry += entry;
	return true;
}

static const char *place(struct ext_xattrs *to, struct attribute **list,
			 size_t n, bool in_inode)
{
	static const uint32_t magic = EXT2_EXT_ATTR_MAGIC;
	struct ext2_ext_attr_header *h = (void *)to->block;
	struct room body = { to->body + 4, to->body + 4,
			     to->body + EXT_IBODY, false };
	struct room block = { to->block, to->block + sizeof(*h),
			      to->block + EXT_BLOCK, true };

	for (size_t i = 0; i < n; i++) {
		if (in_inode && put(&body, list[i])) {
			to->in_body = true;
			continue;
		}
		if (!put(&block, list[i]))
			return "more attributes than ext can hold, about "
			       "4000 bytes";
		to->in_block = true;
	}
	if (to->in_body)
		memcpy(to->body, &magic, 4);
	h->h_magic = magic;
	h->h_refcount = h->h_blocks = 1;
	ext2fs_ext_attr_block_rehash(h, (void *)block.entry);
	return NULL;
}

const char *ext_xattr_pack(struct ext_xattrs *to, const struct tree_node *n,
			   bool in_inode)
{
	struct attribute *list[MAX];
	const char *why = NULL;
	size_t count = 0;

	to->in_body = to->in_block = false;
	if (!n->xattr)
		return NULL;
	memset(to, 0, sizeof(*to));
	for (const struct tree_xattr *x = n->xattr; x && !why; x = x->next) {
		if (count == MAX) {
			why = "more than 1024 attributes";
			break;
		}
		list[count] = malloc(sizeof(*list[count]));
		if (!list[count])
			abort();
		why = take(list[count++], x);
	}
	qsort(list, count, sizeof(list[0]), by_entry);
	if (!why)
		why = place(to, list, count, in_inode);
	while (count)
		free(list[--count]);
	return why;
}
