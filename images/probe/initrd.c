/*
 * The size and SHA-256 of the initrd as the boot loader left it in memory, as
 * JSON; "null" when that cannot be known.  The kernel keeps the initrd only
 * with "retain_initrd" on its command line; where it lies is in the zero page
 * (/sys/kernel/boot_params), and /proc/kcore is an ELF file whose segments map
 * physical memory.
 */
#include "images/probe/probe.h"

#include <elf.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Linux' x86 boot protocol and zero page: offsets in struct boot_params. */
#define EXT_RAMDISK_IMAGE 0x0c0
#define EXT_RAMDISK_SIZE 0x0c4
#define RAMDISK_IMAGE 0x218
#define RAMDISK_SIZE 0x21c

static uint32_t le32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static int find_initrd(uint64_t *at, uint64_t *size)
{
	uint8_t zero[4096];
	int fd = open("/sys/kernel/boot_params/data", O_RDONLY);

	if (fd < 0 || read(fd, zero, sizeof(zero)) != sizeof(zero))
		return -1;
	close(fd);
	*at = (uint64_t)le32(zero + EXT_RAMDISK_IMAGE) << 32 |
	      le32(zero + RAMDISK_IMAGE);
	*size = (uint64_t)le32(zero + EXT_RAMDISK_SIZE) << 32 |
		le32(zero + RAMDISK_SIZE);
	return *size ? 0 : -1;
}

static int is_retained(void)
{
	char line[4096];
	FILE *f = fopen("/proc/cmdline", "r");
	int found = f && fgets(line, sizeof(line), f) &&
		    strstr(line, "retain_initrd");

	if (f)
		fclose(f);
	return found;
}

/* Where kcore has physical [at, at + size); 0: nowhere. */
static off_t kcore_offset(int fd, uint64_t at, uint64_t size)
{
	Elf64_Ehdr e;
	Elf64_Phdr p;

	if (pread(fd, &e, sizeof(e), 0) != sizeof(e))
		return 0;
	for (unsigned i = 0; i < e.e_phnum; i++) {
		if (pread(fd, &p, sizeof(p), (off_t)(e.e_phoff +
			  i * sizeof(p))) != sizeof(p))
			return 0;
		/* Segments without a physical address have ~0 there. */
		if (p.p_type == PT_LOAD && p.p_paddr != ~0ull &&
		    at >= p.p_paddr && at - p.p_paddr < p.p_memsz &&
		    size <= p.p_memsz - (at - p.p_paddr))
			return (off_t)(p.p_offset + (at - p.p_paddr));
	}
	return 0;
}

int initrd_tell(int n, char **args)
{
	static uint8_t buf[1 << 16];
	uint64_t at, size, done = 0;
	char hex[65] = "";
	uint8_t digest[32];
	SHA2_CTX sha;
	off_t off;
	int fd = open("/proc/kcore", O_RDONLY);

	if (!is_retained() || fd < 0 || find_initrd(&at, &size) ||
	    !(off = kcore_offset(fd, at, size)))
		return puts("null") < 0;
	SHA256Init(&sha);
	while (done < size) {
		size_t want = size - done < sizeof(buf) ? size - done :
			      sizeof(buf);
		ssize_t got = pread(fd, buf, want, off + (off_t)done);

		if (got <= 0)
			return puts("null") < 0;
		SHA256Update(&sha, buf, (size_t)got);
		done += (uint64_t)got;
	}
	SHA256Final(digest, &sha);
	for (int i = 0; i < 32; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
	printf("{\"bytes\":%lu,\"sha256\":\"%s\"}\n", size, hex);
	return 0;
}
