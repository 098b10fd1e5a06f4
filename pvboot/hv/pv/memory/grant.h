/*
 * The grant table of a domain: entries that it makes, for built-in backends
 * (domain 0) or for itself, and their use.
 */
#ifndef PVBOOT_HV_PV_MEMORY_GRANT_H
#define PVBOOT_HV_PV_MEMORY_GRANT_H

#include "pvboot/hv/pv/domain.h"

#define GRANT_WRITE	1U
#define GRANT_OWN	2U	/* by the domain itself, else by a backend */
#define GRANT_PART	4U	/* a part of a page is enough */

/* What an entry gives: LEN bytes at OFF of a frame. */
struct grant_extent {
	uint64_t mfn;
	unsigned off, len;
};

/* False: no memory. */
bool grant_init(struct domain *d);

/*
 * Use entry REF as HOW says.  Meanwhile it tells so to the guest, and the frame
 * has a reference, a typed one for a writer.  0, GNTST_..., -XEN_ERESTART.
 */
int grant_take(struct domain *d, uint32_t ref, unsigned how,
	       struct grant_extent *e);
/* End one such use, with the same GRANT_WRITE. */
void grant_drop(struct domain *d, uint32_t ref, unsigned how);

/* For backends: the page behind REF, or NULL when it is not granted so. */
void *grant_map(struct domain *d, uint32_t ref, bool write);
void grant_unmap(struct domain *d, uint32_t ref, bool write);

static inline struct grant_active *grant_active(struct domain *d, uint32_t ref)
{
	return &d->grants.active[ref / 512][ref % 512];
}

/* How many entries there are. */
unsigned grant_count(const struct domain *d);
/* Make the table N frames long; -XEN_ENOMEM, -XEN_EINVAL, -XEN_ERESTART. */
int grant_grow(struct domain *d, unsigned n);
/*
 * All but the reserved entries are empty afterwards.  -XEN_EBUSY while an entry
 * or a status frame is in use; -XEN_EINVAL when a reserved entry cannot stay.
 */
int grant_set_version(struct domain *d, unsigned version);

#endif
