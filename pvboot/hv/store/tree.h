/*
 * The tree of the built-in xenstore: versions that share their nodes, so that
 * a transaction is a version of its own and costs only what it changes.  All
 * memory is a fixed pool.  Domain 0 is the hypervisor and may do anything.
 * Errors are positive errno values, as the protocol names them.
 */
#ifndef PVBOOT_HV_STORE_TREE_H
#define PVBOOT_HV_STORE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pvboot/hv/store/chain.h"

enum {
	STORE_GUEST_NODES = 512,	/* nodes the guest may own */
	STORE_VALUE_MAX = 2048,		/* bytes */
	STORE_PATH_MAX = 1024,		/* bytes with the NUL */
	STORE_DEPTH_MAX = 32,
};

enum store_access { STORE_NONE, STORE_READ = 1, STORE_WRITE = 2, STORE_RW = 3 };

/* A version is the number of its root; *ROOT changes as it is written to. */
uint32_t tree_init(struct store_pool *p);
uint32_t tree_share(struct store_pool *p, uint32_t root);
void tree_drop(struct store_pool *p, uint32_t root);

/* PATHs are absolute, well-formed, and shorter than STORE_PATH_MAX. */
uint32_t tree_find(struct store_pool *p, uint32_t root, const char *path);
unsigned tree_access(const struct store_pool *p, uint32_t node, unsigned dom);

/* Nothing is changed when one of these fails. */
int tree_write(struct store_pool *p, uint32_t *root, unsigned dom,
	       const char *path, const void *value, size_t len);
int tree_mkdir(struct store_pool *p, uint32_t *root, unsigned dom,
	       const char *path, bool *made);
int tree_remove(struct store_pool *p, uint32_t *root, unsigned dom,
		const char *path);
int tree_set_perms(struct store_pool *p, uint32_t *root, unsigned dom,
		   const char *path, const struct store_perm *perm, unsigned n);

/* Go through the children of a node. */
struct tree_kids {
	uint32_t chunk, at, n;
};
struct tree_kids tree_kids(const struct store_pool *p, uint32_t node);
uint32_t tree_next_kid(struct store_pool *p, struct tree_kids *k);

#endif
