/*
 * systemd's "Discoverable Partitions Specification" for x86-64; UEFI 2.10,
 * table 5.8 for the attributes that are everybody's.
 */
#include "tools/image/recipe/part_types.h"

#include <ctype.h>
#include <string.h>

#include "loader/base/number.h"
#include "tools/image/recipe/uuid.h"

static const struct {
	const char *name, *guid, *mbr;	/* NULL: none */
} types[] = {
	{ "linux", PART_TYPE_LINUX, "83" },
	{ "root", PART_TYPE_ROOT, "83" },
	{ "root-verity", "2C7357ED-EBD2-46D9-AEC1-23D437EC2BF5", NULL },
	{ "usr", "8484680C-9521-48C6-9C11-B0720656F69E", "83" },
	{ "usr-verity", "77FF5F63-E7B6-4633-ACF4-1565B864C0E6", NULL },
	{ "home", "933AC7E1-2EB4-4F13-B844-0E14E2AEF915", "83" },
	{ "srv", "3B8F8425-20E0-4F3B-907F-1A25A76F98E8", "83" },
	{ "var", "4D21B016-B534-45C2-A9FB-5C16E091FD2D", "83" },
	{ "tmp", "7EC6F557-3BC5-4ACA-B293-16EF5DF639D1", "83" },
	{ "swap", PART_TYPE_SWAP, "82" },
	{ "xbootldr", "BC13C2FF-59E6-4262-A352-B275FD6F7172", "ea" },
	{ "esp", PART_TYPE_ESP, "ef" },
	{ "bios", PART_TYPE_BIOS, NULL },
	{ "basic", PART_TYPE_BASIC, "c" },
};

static const struct {
	const char *name;
	int bit;
} flags[] = {
	{ "required", 0 }, { "no-block-io", 1 }, { "legacy-boot", 2 },
	{ "growfs", 59 }, { "read-only", 60 }, { "no-auto", 63 },
};

const char *part_types_find(const char *text, enum part_table table)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i].name, text))
			return table == PART_GPT ? types[i].guid :
			       types[i].mbr;
	if (table == PART_GPT)
		return uuid_is(text) ? text : NULL;
	if (len != strspn(text, "0123456789abcdefABCDEF") || !len || len > 2 ||
	    len == strspn(text, "0"))
		return NULL;
	return text;
}

int part_types_flag(const char *text)
{
	uint64_t bit;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (!strcmp(flags[i].name, text))
			return flags[i].bit;
	/* 3 to 47 are UEFI's to give. */
	return number_whole(text, 63, &bit) || bit < 48 ? -1 : (int)bit;
}
