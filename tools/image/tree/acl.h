/*
 * POSIX access control lists: from what archives say to the extended attributes
 * that Linux has for them, "system.posix_acl_access" and "..._default".
 */
#ifndef TOOLS_IMAGE_TREE_ACL_H
#define TOOLS_IMAGE_TREE_ACL_H

#include <archive.h>
#include <archive_entry.h>

#include "tools/image/tree/filetree.h"

/* Lists that wait for /etc/passwd and /etc/group of their tree. */
struct acl_list {
	struct acl_wait *first;
};

/* E's lists become N's.  NULL, or what is wrong with them. */
const char *acl_take(struct acl_list *l, struct tree_node *n,
		     struct archive_entry *e);

/*
 * The attributes themselves: users and groups without a number get it from T's
 * /etc/passwd and /etc/group, else from the host's.  0, or -1 reported.
 */
int acl_finish(struct acl_list *l, struct tree *t, const char *archive);

#endif
