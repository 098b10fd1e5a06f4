/*
 * The backend's half of a device: its nodes in xenstore, and the states that
 * it and the front end go through (Xen's public io/xenbus.h).  What a device
 * is, its class says: vbd.c, vif.c.
 */
#ifndef PVBOOT_HV_BACK_BACKEND_H
#define PVBOOT_HV_BACK_BACKEND_H

#include "pvboot/hv/pv/domain.h"

enum { BACKEND_MAX = 24, BACKEND_PATH = 64 };

struct backend;

struct backend_class {
	const char *name;	/* "vbd": as in the paths */
	/* Take what the front end has written of itself.  false: no good. */
	bool (*connect)(struct backend *b);
	/* Write what the front end reads once we are connected. */
	void (*publish)(struct backend *b);
	/* Let go of it all.  false: a request is under way, ask again. */
	bool (*disconnect)(struct backend *b);
	/* Move requests; called while connected, and once disconnected. */
	void (*run)(struct backend *b);
};

struct backend {
	const struct backend_class *class;
	struct domain *domain;
	char front[BACKEND_PATH], back[BACKEND_PATH];
	int state;		/* what we last wrote to BACK/state */
	unsigned port;		/* 0: none */
	bool up;		/* connected: takes requests */
	bool broken;		/* by the guest; until it starts afresh */
	bool notify;		/* answers were put that it waits for */
};

/* A page of the guest's, held as writable until it is unmapped. */
struct backend_page {
	uint32_t ref;
	void *va;		/* NULL: not mapped */
};

/* Before the guest runs; needs d->store.  false: no memory (logged). */
bool backend_init(struct domain *d);
/*
 * Make the nodes of device NUMBER of B's class, whose owner writes its own
 * ones into b->front and b->back and then calls backend_start().  false: too
 * many (logged).
 */
bool backend_add(struct backend *b, const struct backend_class *class,
		 struct domain *d, unsigned number);
void backend_start(struct backend *b);

/* BACK/NAME = VALUE. */
void backend_set(struct backend *b, const char *name, uint64_t value);
/* A number that the front end has written; false: it has not, or not one. */
bool backend_number(const struct backend *b, const char *name, uint64_t max,
		    uint64_t *value);
/* Hold the page whose grant the front end has written as NAME. */
bool backend_map(struct backend *b, const char *name, struct backend_page *p);
void backend_unmap(struct backend *b, struct backend_page *p);

/* Call the classes' run() soon. */
void backend_work(struct domain *d);
/* The guest broke the rules: it is disconnected.  WHAT for the log. */
void backend_broken(struct backend *b, const char *what);

/* Something below the domain's home in xenstore has changed. */
void backend_store_changed(struct domain *d);
/* Follow the front ends' states; true when something was done. */
bool backend_update(struct domain *d);

#endif
