/* What partitions may be for: names of types and of attributes. */
#ifndef TOOLS_IMAGE_RECIPE_PART_TYPES_H
#define TOOLS_IMAGE_RECIPE_PART_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "loader/disk/part.h"

/* Names of types, for a message. */
#define PART_TYPE_NAMES "linux, root, root-verity, usr, usr-verity, home, " \
	"srv, var, tmp, swap, xbootldr, esp, bios, basic"
#define PART_FLAG_NAMES "required, no-block-io, legacy-boot, growfs, " \
	"read-only, no-auto"

#define PART_TYPE_LINUX "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
#define PART_TYPE_ROOT "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"
#define PART_TYPE_SWAP "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F"
#define PART_TYPE_ESP "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
#define PART_TYPE_BIOS "21686148-6449-6E6F-744E-656564454649"
#define PART_TYPE_BASIC "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"

/*
 * TEXT as a type of TABLE: a GUID or a number of MBR's ("83") in either case,
 * or one of the names above.  NULL when it is none; valid as long as TEXT.
 */
const char *part_types_find(const char *text, enum part_table table);

/* The bit of GPT's attributes that has this name or number; -1: none. */
int part_types_flag(const char *text);

#endif
