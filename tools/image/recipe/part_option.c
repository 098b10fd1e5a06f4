/* A ':' in a value is written "\\:", as in --file. */
#include "tools/image/recipe/part_option.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/number.h"
#include "tools/image/recipe/part_types.h"
#include "tools/image/recipe/uuid.h"
#include "tools/image/tree/file_option.h"
#include "tools/report.h"

#define NAME_MAX_UNITS 36u	/* UEFI 2.10, 5.3.3: UTF-16 */

static int bad(const char *text, const char *why)
{
	return report_error("--partition %s: %s", text, why);
}

/* UTF-16 units of UTF-8; more than any name has when it is none. */
static size_t utf16_units(const char *s)
{
	json_t *j = json_string(s);
	size_t n = 0;

	if (!j)
		return NAME_MAX_UNITS + 1;
	json_decref(j);
	for (; *s; s++)
		n += ((uint8_t)*s & 0xc0) != 0x80 ?
		     1 + ((uint8_t)*s >= 0xf0) : 0;
	return n;
}

bool part_option_is_name(const char *name)
{
	return utf16_units(name) <= NAME_MAX_UNITS;
}

/* ext: s_volume_name; FAT: BS_VolLab, without what short names cannot have. */
const char *part_option_bad_label(const char *label, enum recipe_fs fs)
{
	for (const char *p = label; *p; p++)
		if ((unsigned char)*p < 32 || *p == 127)
			return "a control character in a label";
	if (strlen(label) > (fs == FS_FAT32 ? 11u : 16u))
		return fs == FS_FAT32 ? "longer than 11 bytes" :
		       "longer than 16 bytes";
	if (fs == FS_FAT32 && strpbrk(label, "\"*+,./:;<=>?[\\]|"))
		return "FAT's labels have none of \" * + , . / : ; < = > ? "
		       "[ \\ ] |";
	return NULL;
}

static const char *take_flags(struct recipe_said *s, char *list,
			      enum part_table table)
{
	char *save, *word;

	s->has_flags = true;
	for (word = strtok_r(list, ",", &save); word;
	     word = strtok_r(NULL, ",", &save)) {
		int bit = part_types_flag(word);

		if (table == PART_MBR && strcmp(word, "active"))
			return "the only flag of an MBR's partition is active";
		if (table == PART_GPT && bit < 0)
			return "flags are " PART_FLAG_NAMES " and 48 to 63";
		s->flags |= table == PART_MBR ? 1 : 1ull << bit;
	}
	return NULL;
}

/* What is wrong with KEY=VALUE, or NULL. */
static const char *take(struct recipe_said *s, char *key,
			enum part_table table)
{
	char *value = strchr(key, '=');

	if (!value)
		return "not KEY=VALUE";
	*value++ = 0;
	if (!strcmp(key, "flags"))
		return take_flags(s, value, table);
	if (!strcmp(key, "type")) {
		s->type = part_types_find(value, table);
		return s->type ? NULL : table == PART_GPT ?
		       "type is a GUID or one of " PART_TYPE_NAMES :
		       "type is a number in hexadecimal, as 83";
	}
	if (!strcmp(key, "fs-uuid")) {
		s->fs_uuid = value;
		return uuid_is(value) ? NULL : "fs-uuid is no UUID";
	}
	if (strcmp(key, "name") && strcmp(key, "uuid"))
		return "keys are name, type, uuid, flags and fs-uuid";
	if (table == PART_MBR)
		return "an MBR has neither names nor UUIDs of partitions";
	if (key[0] == 'n') {
		s->name = value;
		return part_option_is_name(value) ? NULL :
		       "name is more than 36 characters, or no UTF-8";
	}
	s->uuid = value;
	return uuid_is(value) ? NULL : "uuid is no UUID";
}

static bool is_there(const struct recipe *r, uint64_t number)
{
	if (number >= 2 && number < 2 + r->n_parts)
		return true;
	if (r->table == PART_GPT && number == RECIPE_BIOS_NUMBER)
		return r->boot & BOOT_BIOS;
	if (r->table == PART_GPT && number == RECIPE_ESP_NUMBER)
		return r->boot & BOOT_UEFI;
	return number == RECIPE_ROOT_NUMBER;
}

static const char *take_all(struct recipe *r, struct recipe_said *s)
{
	char *field[FILE_OPTION_FIELDS];
	unsigned n = file_option_cut(s->text, field);
	const char *why = NULL;
	uint64_t number;

	if (n < 2 || n > FILE_OPTION_FIELDS)
		return "not N:KEY=VALUE[:KEY=VALUE...]";
	if (number_whole(field[0], 999, &number) || !is_there(r, number))
		return "there is no such partition";
	s->number = (unsigned)number;
	if (part_option_find(r, s->number) != s)
		return "this partition was said before";
	for (unsigned i = 1; i < n && !why; i++)
		why = take(s, field[i], r->table);
	if (!why && s->fs_uuid && number == RECIPE_ROOT_NUMBER)
		return "the root file system's is --uuid";
	if (!why && s->fs_uuid && r->table == PART_GPT &&
	    number == RECIPE_BIOS_NUMBER)
		return "there is no file system on it";
	return why;
}

/* No two partitions may have the same. */
static int check_uuids(const struct recipe *r)
{
	for (unsigned i = 0; i < r->n_said; i++)
		for (unsigned k = 0; k < i; k++)
			if (r->said[i].uuid && r->said[k].uuid &&
			    !strcasecmp(r->said[i].uuid, r->said[k].uuid))
				return bad(r->said[i].uuid,
					   "two partitions of one UUID");
	return 0;
}

int part_option_parse(struct recipe *r, const char **said)
{
	for (; said && *said; said++) {
		struct recipe_said *s = &r->said[r->n_said];
		const char *why;

		if (r->table == PART_NONE)
			return bad(*said, "it needs a partition table");
		if (r->n_said == RECIPE_PARTS + 3)
			return bad(*said, "there is no such partition");
		r->n_said++;
		s->text = strdup(*said);
		if (!s->text)
			abort();
		why = take_all(r, s);
		if (why)
			return bad(*said, why);
	}
	return check_uuids(r);
}

void part_option_free(struct recipe *r)
{
	while (r->n_said)
		free(r->said[--r->n_said].text);
}

const struct recipe_said *part_option_find(const struct recipe *r,
					   unsigned number)
{
	for (unsigned i = 0; i < r->n_said; i++)
		if (r->said[i].number == number)
			return &r->said[i];
	return NULL;
}
