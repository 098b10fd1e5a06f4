/* An image in the making, for the files that say what was made. */
#ifndef TOOLS_IMAGE_BUILD_H
#define TOOLS_IMAGE_BUILD_H

#include <jansson.h>

#include "tools/image/disk/layout.h"
#include "tools/image/recipe/recipe.h"
#include "tools/image/tree/filetree.h"

/* A partition beside the root. */
struct build_part {
	struct tree tree;
	char uuid[40];		/* of the file system */
};

struct build {
	struct recipe r;
	struct tree tree, esp;
	struct layout layout;
	struct layout_ids ids;
	char uuid[40];		/* of the root file system */
	struct build_part more[RECIPE_PARTS];
	char *kernel, *initrd;	/* "/boot/vmlinuz", for menu.lst, or NULL */
	char *dir;		/* where the image will be; NULL: nowhere */
	char *settings;		/* their text, or NULL */
	char *efi, *stage2, *hv;	/* files that go in, or NULL */
	bool has_menu;		/* one of those that our loaders look for */
	char *hv_efi;		/* a file that goes in, or NULL */
};

/* Before the first input; B->r is filled.  READ: the image is there. */
void build_prepare(struct build *b, bool read);
/*
 * Make it.  SINK: a file that gets the bytes in place of what has the name, and
 * nothing else is written; or -1.  0, or -1 with an error reported.
 */
int build_image(struct build *b, int sink);
void build_release(struct build *b);

/* Where everything lies, as --json prints it. */
json_t *manifest_layout(const struct build *b);
/* With hashes of what is in it; RAW is the raw image.  NULL reported. */
json_t *manifest_make(const struct build *b, int raw);
/* SPDX 2.3; NULL reported. */
json_t *sbom_make(const struct build *b);

/* A hash of the inputs and WHAT: the same inputs, the same image. */
void build_hash(const struct build *b, const char *what, uint8_t h[32]);
void build_ids(struct build *b);
/* Of the ESP's file system, whose serial is its beginning. */
const char *build_esp_uuid(const struct build *b);
/* The UUID for WHAT. */
void build_id(const struct build *b, const char *what, char out[40]);

#endif
