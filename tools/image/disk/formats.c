/*
 * qemu-img writes the containers; it makes some fields at random or of the
 * time, and those are set afterwards.  Offsets are of the formats' own
 * specifications: "Virtual Disk Format 5.0" (VMDK), "VHDX Format Specification"
 * (MS-VHDX) and "Virtual Hard Disk Image Format Specification" (VPC).
 */
#include "tools/image/disk/formats.h"

#include <endian.h>
#include <errno.h>
#include <ext2fs/ext2fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/proc.h"
#include "tools/progress.h"
#include "tools/report.h"
#include "tools/tempfile.h"

static int get(int fd, void *p, size_t len, uint64_t at)
{
	if (pread(fd, p, len, (off_t)at) == (ssize_t)len)
		return 0;
	return report_error("the converted image is not as expected");
}

static int put(int fd, const void *p, size_t len, uint64_t at)
{
	if (!tempfile_write(fd, at, p, len))
		return 0;
	return report_errno("writing the converted image");
}

/* ---- vmdk: content ID and file name in the descriptor, a text ---- */

#define VMDK_DESCRIPTOR_MAX 65536u

/* What is between BEGIN and the next END becomes VALUE. */
static int replace(char *text, const char *begin, char end, const char *value)
{
	char *from = strstr(text, begin), *to, rest[VMDK_DESCRIPTOR_MAX + 1];

	from = from ? from + strlen(begin) : NULL;
	to = from ? strchr(from, end) : NULL;
	if (!to || (size_t)(to - from) + strlen(text) > VMDK_DESCRIPTOR_MAX)
		return report_error("the converted vmdk has no %s", begin);
	strcpy(rest, to);
	strcpy(stpcpy(from, value), rest);
	return 0;
}

static int fix_vmdk(int fd, const uint8_t id[32])
{
	static char text[2 * VMDK_DESCRIPTOR_MAX];
	uint8_t header[512];
	uint64_t at, size;
	char hex[9];

	if (get(fd, header, sizeof(header), 0))
		return -1;
	/* SparseExtentHeader: descriptorOffset, descriptorSize; sectors. */
	memcpy(&at, header + 28, 8);
	memcpy(&size, header + 36, 8);
	size *= 512;
	if (!size || size > VMDK_DESCRIPTOR_MAX)
		return report_error("the converted vmdk has no descriptor");
	memset(text, 0, sizeof(text));
	if (get(fd, text, size, at * 512))
		return -1;
	snprintf(hex, sizeof(hex), "%02x%02x%02x%02x", id[0] | 0x10, id[1],
		 id[2], id[3] & 0xfe);
	if (replace(text, "\nCID=", '\n', hex) ||
	    replace(text, "SPARSE \"", '"', "image.vmdk"))
		return -1;
	return put(fd, text, size, at * 512);
}

/* ---- vpc: time, UUID and checksum of the footer, and of its copy ---- */

static int fix_vpc_footer(int fd, const uint8_t id[32], uint64_t at)
{
	uint8_t f[512];
	uint32_t sum = 0;

	if (get(fd, f, sizeof(f), at))
		return -1;
	if (memcmp(f, "conectix", 8))
		return report_error("the converted vpc has no footer");
	memset(f + 24, 0, 4);
	memset(f + 64, 0, 4);
	memcpy(f + 68, id, 16);
	for (unsigned i = 0; i < sizeof(f); i++)
		sum += f[i];
	sum = htobe32(~sum);
	memcpy(f + 64, &sum, 4);
	return put(fd, f, sizeof(f), at);
}

static int fix_vpc(int fd, const uint8_t id[32])
{
	struct stat st;

	if (fstat(fd, &st) || st.st_size < 1024)
		return report_error("the converted vpc is too short");
	return fix_vpc_footer(fd, id, 0) ? -1 :
	       fix_vpc_footer(fd, id, (uint64_t)st.st_size - 512);
}

/* ---- vhdx: GUIDs of the headers and the disk, and what the log was ---- */

#define VHDX_HEADER1 0x10000u
#define VHDX_REGIONS 0x30000u
#define VHDX_SUM 4u		/* of headers and tables, at byte 4 */

/* As they lie on the disk: 8B7CA206-..., BECA12AB-... */
static const uint8_t guid_metadata[16] = {
	0x06, 0xa2, 0x7c, 0x8b, 0x90, 0x47, 0x9a, 0x4b,
	0xb8, 0xfe, 0x57, 0x5f, 0x05, 0x0f, 0x88, 0x6e };
static const uint8_t guid_page83[16] = {
	0xab, 0x12, 0xca, 0xbe, 0xe6, 0xb2, 0x23, 0x45,
	0x93, 0xef, 0xc3, 0x09, 0xe0, 0x00, 0xc7, 0x46 };

/* Both headers the same but for their sequence numbers. */
static int fix_vhdx_header(int fd, const uint8_t id[32], unsigned which)
{
	uint64_t at = VHDX_HEADER1 * (1 + which), sequence = which;
	uint8_t h[4096];
	uint32_t sum;

	if (get(fd, h, sizeof(h), at))
		return -1;
	memset(h + VHDX_SUM, 0, 4);
	memcpy(h + 8, &sequence, 8);
	memcpy(h + 16, id, 16);
	memcpy(h + 32, id + 16, 16);
	memset(h + 48, 0, 16);	/* no log */
	sum = ~ext2fs_crc32c_le(~0u, h, sizeof(h));
	memcpy(h + VHDX_SUM, &sum, 4);
	return put(fd, h, sizeof(h), at);
}

static int clear_vhdx_log(int fd)
{
	static const uint8_t zero[65536];
	uint8_t h[4096];
	uint32_t len;
	uint64_t at;

	if (get(fd, h, sizeof(h), VHDX_HEADER1))
		return -1;
	memcpy(&len, h + 68, 4);
	memcpy(&at, h + 72, 8);
	for (; len; len -= len < sizeof(zero) ? len : sizeof(zero)) {
		size_t n = len < sizeof(zero) ? len : sizeof(zero);

		if (put(fd, zero, n, at))
			return -1;
		at += n;
	}
	return 0;
}

/*
 * The entry GUID of the table at AT, whose entries of 32 bytes begin at FIRST.
 */
static int find_entry(int fd, uint64_t at, unsigned first,
		      const uint8_t guid[16], uint8_t entry[32])
{
	for (unsigned i = 0; i < 64; i++) {
		if (get(fd, entry, 32, at + first + 32 * i))
			return -1;
		if (!memcmp(entry, guid, 16))
			return 0;
	}
	return report_error("the converted vhdx has no metadata");
}

static int fix_vhdx_disk_id(int fd, const uint8_t id[32])
{
	uint64_t region;
	uint8_t entry[32];
	uint32_t item;

	if (find_entry(fd, VHDX_REGIONS, 16, guid_metadata, entry))
		return -1;
	memcpy(&region, entry + 16, 8);
	if (find_entry(fd, region, 32, guid_page83, entry))
		return -1;
	memcpy(&item, entry + 16, 4);
	return put(fd, id, 16, region + item);
}

static int fix_vhdx(int fd, const uint8_t id[32])
{
	if (clear_vhdx_log(fd) || fix_vhdx_disk_id(fd, id) ||
	    fix_vhdx_header(fd, id, 0))
		return -1;
	return fix_vhdx_header(fd, id, 1);
}

static void say_percent(void *size, double done)
{
	uint64_t total = *(const uint64_t *)size;

	progress_say("converting", (uint64_t)((double)total * done / 100),
		     total);
}

int formats_convert(enum image_format f, bool compress, const char *name,
		    const char *raw, const char *to, int fd,
		    const uint8_t id[32])
{
	const char *options[] = {
		[FORMAT_RAW] = "", [FORMAT_QCOW2] = "compat=1.1",
		[FORMAT_VMDK] = compress ? "subformat=streamOptimized" :
				"subformat=monolithicSparse",
		[FORMAT_VHDX] = "subformat=dynamic",
		[FORMAT_VPC] = "subformat=dynamic,force_size=on",
	};
	const char *argv[] = {
		"qemu-img", "convert", "-p", "-f", "raw", "-O", format_name(f),
		"-o", options[f], raw, to,
		f == FORMAT_QCOW2 && compress ? "-c" : NULL, NULL
	};
	char what[4400];
	struct stat st;
	uint64_t size;

	if (stat(raw, &st))
		return report_errno("%s", raw);
	size = (uint64_t)st.st_size;
	progress_say("converting", 0, size);
	snprintf(what, sizeof(what), "%s: it cannot be written as %s", name,
		 format_name(f));
	if (proc_run_watched(what, argv, say_percent, &size))
		return -1;
	switch (f) {
	case FORMAT_VMDK:
		return fix_vmdk(fd, id);
	case FORMAT_VHDX:
		return fix_vhdx(fd, id);
	case FORMAT_VPC:
		return fix_vpc(fd, id);
	default:
		return 0;
	}
}
