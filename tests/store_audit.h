/*
 * Recount everything in a xenstore from its roots: nothing leaked, nothing
 * shared by mistake, the quota's count exact.
 */
#ifndef TESTS_STORE_AUDIT_H
#define TESTS_STORE_AUDIT_H

#include <stdlib.h>
#include <string.h>

#include "pvboot/hv/store/store.h"

static inline uint32_t audit_chain(const struct store_pool *p, uint32_t c)
{
	uint32_t n = 0;

	for (; c; c = p->chunk[c].next)
		n++;
	return n;
}

/* NULL when all is well, otherwise what is not. */
static inline const char *store_audit(struct store *s)
{
	static uint32_t refs[STORE_NODES];
	struct store_pool *p = &s->pool;
	uint32_t chunks = 0, nodes = 0, kid;

	memset(refs, 0, sizeof(refs));
	refs[s->root]++;
	for (unsigned i = 0; i < STORE_TXS; i++) {
		if (!s->tx[i].id)
			continue;
		refs[s->tx[i].root]++;
		for (unsigned j = 0; j < s->tx[i].n_changes; j++)
			chunks += audit_chain(p, s->tx[i].change[j].path);
	}
	for (unsigned i = 0; i < STORE_WATCHES; i++)
		chunks += audit_chain(p, s->watch[i].path) +
			audit_chain(p, s->watch[i].token);
	for (unsigned i = 0; i < s->n_events; i++)
		chunks += audit_chain(p, s->event[(s->first_event + i) %
						  STORE_EVENTS].path);
	for (uint32_t i = 1; i < STORE_NODES; i++) {
		struct tree_kids k = tree_kids(p, i);
		uint32_t guest = p->node[i].perm[0].dom != 0;

		if (!p->node[i].refs)
			continue;
		nodes++;
		chunks += audit_chain(p, p->node[i].kids);
		chunks += audit_chain(p, p->node[i].value);
		while ((kid = tree_next_kid(p, &k)) != 0) {
			refs[kid]++;
			guest += p->node[kid].guest_nodes;
		}
		if (guest != p->node[i].guest_nodes)
			return "the guest's nodes are miscounted";
		if (guest > STORE_GUEST_NODES)
			return "the guest has more nodes than its quota";
	}
	for (uint32_t i = 1; i < STORE_NODES; i++)
		if (refs[i] != p->node[i].refs)
			return "a node's references are miscounted";
	if (nodes + p->n_free_nodes != STORE_NODES - 1)
		return "nodes leaked";
	if (chunks + p->n_free_chunks != STORE_CHUNKS - 1)
		return "chunks leaked";
	if (audit_chain(p, p->free_chunk) != p->n_free_chunks)
		return "the free list is broken";
	return NULL;
}

#endif
