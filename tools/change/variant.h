/*
 * The variants of an image that a matrix boots: as it is, or a copy with
 * another entry of menu.lst chosen, or with the probe in its initrd.
 */
#ifndef TOOLS_CHANGE_VARIANT_H
#define TOOLS_CHANGE_VARIANT_H

#include "tools/change/imagecopy.h"
#include "tools/host/expected.h"

enum variant_state { VARIANT_WAITS, VARIANT_READY, VARIANT_SKIP,
		     VARIANT_ERROR };

struct variant {
	const char *image;	/* its name, for people */
	const struct image *from;
	char entry[16];		/* "default", or the number of the entry */
	bool pick, probe;	/* choose the entry, put the probe in */
	uint32_t number;
	enum variant_state state;
	char why[320];		/* of SKIP and ERROR */
	const char *disk;	/* what QEMU opens, when READY */
	struct imagecopy copy;	/* fd < 0: the image itself is booted */
	struct expected promise;
};

struct variants {
	unsigned n, n_images;
	struct variant **v;
	struct image **image;	/* open */
};

/* Whether ENTRIES may be such a list, as below; else -1, reported. */
int variant_check(const char *entries);

/*
 * Add IMAGE's, which image_open() opens: one, or with
 * ENTRIES ("0,2" or "all") one for each of these.
 * An image that is booted as it is becomes READY at once.  0, or -1 with an
 * error reported.
 */
int variant_add(struct variants *list, const char *image, bool backing,
		const char *entries, bool probe);

/* Make V READY if that is possible; how it stands then. */
enum variant_state variant_ready(struct variant *v);

/* V's copy goes; no more of its cells will run. */
void variant_drop(struct variant *v);
void variant_release(struct variants *list);

#endif
