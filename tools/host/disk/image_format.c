/*
 * Formats of disk images, by their magic numbers, and where each keeps the
 * names of other files: whoever opens an image of somebody else's reads these
 * files, too, and they are the host's.  Facts from QEMU's docs/interop
 * (qcow2.txt, qed_spec.txt), VMware's Virtual Disk Format 1.1, Microsoft's
 * Virtual Hard Disk Image Format Specification 1.0.
 */
#include "tools/host/disk/image_format.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define FOOTER (-512)	/* counted from the end */

static const struct format {
	const char *name;
	int offset;
	const char *magic;
	uint8_t len;
} formats[] = {
	{ "qcow", 0, "QFI\xfb\0\0\0\1", 8 },
	{ "qcow2", 0, "QFI\xfb", 4 },
	{ "qed", 0, "QED\0", 4 },
	{ "vmdk", 0, "KDMV", 4 },
	{ "vmdk", 0, "COWD", 4 },
	{ "vmdk", 0, "# Disk DescriptorFile", 21 },
	{ "vhdx", 0, "vhdxfile", 8 },
	{ "vdi", 0x40, "\x7f\x10\xda\xbe", 4 },
	{ "parallels", 0, "WithoutFreeSpace", 16 },
	{ "parallels", 0, "WithouFreSpacExt", 16 },
	{ "bochs", 0, "Bochs Virtual HD Image", 22 },
	{ "cloop", 0, "#!/bin/sh\n#V2.0 Format\n", 23 },
	{ "vpc", 0, "conectix", 8 },
	/* A fixed one is a disk with a footer, as old as these: 511 bytes. */
	{ "vpc", FOOTER, "conectix", 8 },
	{ "vpc", FOOTER + 1, "conectix", 8 },
	{ "dmg", FOOTER, "koly", 4 },
};

/* What people also keep disks in, which is unpacked before it is one. */
static const struct format others[] = {
	{ "tar archive", 257, "ustar", 5 },
	{ "zip archive", 0, "PK\3\4", 4 },
	{ "7z archive", 0, "7z\xbc\xaf\x27\x1c", 6 },
	{ "RAR archive", 0, "Rar!\x1a\7", 6 },
	{ "Debian package", 0, "!<arch>\ndebian-binary", 21 },
	{ "RPM package", 0, "\xed\xab\xee\xdb", 4 },
	{ "WIM image", 0, "MSWIM\0\0", 8 },
	{ "sparse image of Android's", 0, "\x3a\xff\x26\xed", 4 },
	{ "EnCase image", 0, "EVF\x09\x0d\x0a\xff", 8 },
	{ "partclone image", 0, "partclone-image", 15 },
};

static bool has_magic(int fd, const struct format *f)
{
	off_t end = f->offset < 0 ? lseek(fd, 0, SEEK_END) : 0;
	char got[32];

	return end + f->offset >= 0 &&
	       pread(fd, got, f->len, end + f->offset) == f->len &&
	       !memcmp(got, f->magic, f->len);
}

const char *image_format(int fd)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (has_magic(fd, &formats[i]))
			return formats[i].name;
	return "raw";
}

/* A boot sector may begin with any bytes. */
static bool has_signature(int fd)
{
	char got[2];

	return pread(fd, got, 2, 510) == 2 && !memcmp(got, "\x55\xaa", 2);
}

const char *image_format_other(int fd)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (has_magic(fd, &others[i]) && !has_signature(fd))
			return others[i].name;
	return NULL;
}

uint64_t image_format_number(const uint8_t *b, unsigned bytes, bool big)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | b[big ? i : bytes - 1 - i];
	return v;
}

/* Numbers of a header; 0 past its end. */
static uint64_t number(int fd, off_t off, unsigned bytes, bool big)
{
	uint8_t b[8] = { 0 };

	if (pread(fd, b, bytes, off) != (ssize_t)bytes)
		return 0;
	return image_format_number(b, bytes, big);
}

static bool names_backing(int fd, uint64_t at, uint64_t len, char why[160])
{
	char file[100] = "";

	if (len >= sizeof(file))
		len = sizeof(file) - 1;
	if (pread(fd, file, len, (off_t)at) < 0)
		file[0] = 0;
	snprintf(why, 160, "reads another file, the backing file \"%s\"", file);
	return true;
}

/* Version 3 has bits of features: bit 2, an external data file. */
static bool qcow2_names(int fd, char why[160])
{
	if (number(fd, 8, 8, true))
		return names_backing(fd, number(fd, 8, 8, true),
				     number(fd, 16, 4, true), why);
	if (number(fd, 4, 4, true) < 3 || !(number(fd, 72, 8, true) & 1 << 2))
		return false;
	snprintf(why, 160, "reads another file, its data file");
	return true;
}

static bool qed_names(int fd, char why[160])
{
	return (number(fd, 16, 8, false) & 1) &&
	       names_backing(fd, number(fd, 56, 4, false),
			     number(fd, 60, 4, false), why);
}

/*
 * A descriptor is text that names extents and a parent: a file of its own, or
 * inside of a sparse extent, which stands alone if it has a capacity.
 */
static bool vmdk_names(int fd, char why[160])
{
	static const char hint[] = "parentFileNameHint";
	static char text[20 * 512];
	char magic[4] = "";
	uint64_t at = number(fd, 28, 8, false) * 512;
	ssize_t n;

	snprintf(why, 160, "reads other files, its extents");
	if (pread(fd, magic, sizeof(magic), 0) != sizeof(magic))
		return true;
	if (!memcmp(magic, "COWD", 4))
		return false;
	if (memcmp(magic, "KDMV", 4) || !number(fd, 12, 8, false))
		return true;
	n = at ? pread(fd, text, sizeof(text), (off_t)at) : 0;
	snprintf(why, 160, "reads another file, its parent");
	return n > 0 && memmem(text, (size_t)n, hint, sizeof(hint) - 1);
}

/* Disk type 4: differencing. */
static bool vpc_names(int fd, char why[160])
{
	snprintf(why, 160, "reads another file, its parent");
	return number(fd, 60, 4, true) == 4 && number(fd, 0, 4, true) ==
	       0x636f6e65;
}

/* The word of the header that says how it is encrypted: 0, not at all. */
bool image_format_encrypted(int fd, const char *format)
{
	return (!strcmp(format, "qcow2") && number(fd, 32, 4, true)) ||
	       (!strcmp(format, "qcow") && number(fd, 36, 4, true));
}

bool image_format_names(int fd, const char *format, char why[160])
{
	if (!strcmp(format, "qcow") || !strcmp(format, "qcow2"))
		return qcow2_names(fd, why);
	if (!strcmp(format, "qed"))
		return qed_names(fd, why);
	if (!strcmp(format, "vmdk"))
		return vmdk_names(fd, why);
	if (!strcmp(format, "vpc"))
		return vpc_names(fd, why);
	return false;
}
