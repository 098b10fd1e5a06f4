/* Two runs can only be compared when the same firmware ran in both. */
#include "tools/vm/firmware.h"

#include <sha2.h>

static void hash_file(json_t *list, const char *file)
{
	char hex[SHA256_DIGEST_STRING_LENGTH];

	if (SHA256File(file, hex))
		json_array_append_new(list, json_pack(
			"{ss ss}", "file", file, "sha256", hex));
}

json_t *firmware_hash(const struct vm_args *a)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < a->n_firmware; i++)
		hash_file(list, a->firmware[i]);
	return list;
}
