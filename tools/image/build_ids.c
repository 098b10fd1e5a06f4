/*
 * UUIDs and the like: nothing is random, all is made of what goes in.
 */
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/image/build.h"

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

void build_uuid(const uint8_t hash[32], char out[40])
{
	uint8_t h[16];

	memcpy(h, hash, sizeof(h));
	h[6] = (h[6] & 0x0f) | 0x80;	/* RFC 9562: version 8, "custom" */
	h[8] = (h[8] & 0x3f) | 0x80;
	snprintf(out, 40, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x", h[0], h[1], h[2], h[3], h[4],
		 h[5], h[6], h[7], h[8], h[9], h[10], h[11], h[12], h[13],
		 h[14], h[15]);
}

void build_id(const struct build *b, const char *what, char out[40])
{
	uint8_t h[32];

	build_hash(b, what, h);
	build_uuid(h, out);
}

void build_ids(struct build *b)
{
	build_id(b, "root", b->uuid);
	if (b->r.uuid)
		snprintf(b->uuid, sizeof(b->uuid), "%s", b->r.uuid);
	build_id(b, "disk", b->ids.disk);
	build_id(b, "root partition", b->ids.root);
	build_id(b, "bios partition", b->ids.bios);
	build_id(b, "esp partition", b->ids.esp);
	for (unsigned i = 0; i < b->r.n_parts; i++) {
		char what[32];

		snprintf(what, sizeof(what), "partition %u", 2 + i);
		build_id(b, what, b->ids.more[i]);
	}
	b->ids.mbr = (uint32_t)strtoul(b->ids.disk, NULL, 16) | 1;
}
