/*
 * UUIDs and the like: nothing is random, all is made of what goes in.
 */
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/image/build.h"
#include "tools/image/recipe/part_option.h"
#include "tools/image/recipe/uuid.h"

void build_hash(const struct build *b, const char *what, uint8_t h[32])
{
	const char *name = b->r.label ? b->r.label : "";
	SHA2_CTX sha;

	SHA256Init(&sha);
	SHA256Update(&sha, b->tree.digest, sizeof(b->tree.digest));
	SHA256Update(&sha, (const uint8_t *)name, strlen(name) + 1);
	SHA256Update(&sha, (const uint8_t *)what, strlen(what));
	SHA256Final(h, &sha);
}

void build_id(const struct build *b, const char *what, char out[40])
{
	uint8_t h[32];

	build_hash(b, what, h);
	uuid_make(h, out);
}

/* A partition's, or the disk's (NUMBER 0), from WHAT, or as it was said. */
static void set_id(const struct build *b, unsigned number, const char *what,
		   char out[40])
{
	const struct recipe_said *s = part_option_find(&b->r, number);
	const char *said = number ? s ? s->uuid : NULL : b->r.disk_uuid;

	build_id(b, what, out);
	if (said)
		snprintf(out, 40, "%s", said);
}

void build_ids(struct build *b)
{
	build_id(b, "root", b->uuid);
	if (b->r.uuid)
		snprintf(b->uuid, sizeof(b->uuid), "%s", b->r.uuid);
	set_id(b, 0, "disk", b->ids.disk);
	set_id(b, RECIPE_ROOT_NUMBER, "root partition", b->ids.root);
	set_id(b, RECIPE_BIOS_NUMBER, "bios partition", b->ids.bios);
	set_id(b, RECIPE_ESP_NUMBER, "esp partition", b->ids.esp);
	for (unsigned i = 0; i < b->r.n_parts; i++) {
		char what[32];

		snprintf(what, sizeof(what), "partition %u", 2 + i);
		set_id(b, 2 + i, what, b->ids.more[i]);
	}
	b->ids.mbr = (uint32_t)strtoul(b->ids.disk, NULL, 16);
	if (!b->r.disk_uuid)
		b->ids.mbr |= 1;	/* 0 would be none */
}

const char *build_esp_uuid(const struct build *b)
{
	const struct recipe_said *s = part_option_find(&b->r,
						       RECIPE_ESP_NUMBER);

	return s && s->fs_uuid ? s->fs_uuid : b->ids.esp;
}
