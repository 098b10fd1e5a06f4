/*
 * The pool behind the xenstore: nodes of its trees, and chains of chunks, which
 * hold byte strings and lists.
 */
#ifndef PVBOOT_HV_STORE_CHAIN_H
#define PVBOOT_HV_STORE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STORE_NODES = 1536,
	STORE_CHUNKS = 6144,
	/* A part of the pool that only the hypervisor's own writes get. */
	STORE_KEEP_NODES = 256,
	STORE_KEEP_CHUNKS = 1024,
	STORE_NAME_MAX = 63,		/* bytes of one part of a path */
	STORE_PERMS_MAX = 4,
};

/* Entry 0 names the owner, and what everyone not in the list may do. */
struct store_perm {
	uint16_t dom;
	uint8_t access;
};

struct store_node {
	uint32_t refs;		/* parents and versions; 0: free */
	uint32_t next;		/* of the free or dying list */
	uint32_t value, value_len;	/* a chain */
	uint32_t kids, n_kids;		/* a chain of node numbers */
	uint32_t guest_nodes;	/* in this subtree, not owned by domain 0 */
	uint32_t n_perms;
	struct store_perm perm[STORE_PERMS_MAX];
	char name[STORE_NAME_MAX + 1];
};

enum { STORE_CHUNK_BYTES = 60, STORE_CHUNK_KIDS = 15 };

struct store_chunk {
	uint32_t next;
	union {
		uint8_t byte[STORE_CHUNK_BYTES];
		uint32_t kid[STORE_CHUNK_KIDS];
	};
};

/* Number 0 of both kinds means "none". */
struct store_pool {
	struct store_node node[STORE_NODES];
	struct store_chunk chunk[STORE_CHUNKS];
	uint32_t free_node, n_free_nodes;
	uint32_t free_chunk, n_free_chunks;
	uint32_t work;		/* what was looked at so far: STORE_WORK */
};

/* All of the pool is free, but node 1. */
void chain_init(struct store_pool *p);

/* Chains: byte strings in the pool.  0 is the empty one. */
static inline uint32_t chain_chunks(size_t len)
{
	return (uint32_t)((len + STORE_CHUNK_BYTES - 1) / STORE_CHUNK_BYTES);
}
/* The caller has checked that chain_chunks(len) are free. */
uint32_t chain_new(struct store_pool *p, const void *data, size_t len);
uint32_t chain_copy(struct store_pool *p, uint32_t chain, size_t len);
void chain_read(struct store_pool *p, uint32_t chain, size_t len,
		void *buf);
bool chain_equal(struct store_pool *p, uint32_t chain, const void *data,
		 size_t len);
void chain_free(struct store_pool *p, uint32_t chain);

#endif
