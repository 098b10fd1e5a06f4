/*
 * A Linux/x86 kernel file as the boot protocol describes it (the kernel's
 * Documentation/arch/x86/boot.rst, protocol 2.00 to 2.15).
 */
#ifndef LOADER_KERNEL_LINUX_LINUX_IMAGE_H
#define LOADER_KERNEL_LINUX_LINUX_IMAGE_H

#include <asm/bootparam.h>
#include <stdbool.h>
#include <stdint.h>

#include "loader/base/span.h"
#include "loader/fs/fs.h"

enum linux_entry { LINUX_16, LINUX_32, LINUX_64 };

struct linux_image {
	struct file *file;
	/* As in the file, cut by its own length rule; the rest is 0. */
	uint8_t header[0x290 - 0x1f1];
	struct setup_header hdr;
	uint16_t version;	/* 0x020f: protocol 2.15 */
	uint32_t setup_size;	/* boot sector and setup, bytes */
	uint64_t len;		/* the protected-mode part, bytes in the file */
	uint64_t room;		/* ... and in memory while it unpacks itself */
	uint64_t align;		/* relocatable: of the load address */
	bool relocatable, high;	/* high: lives at 1 MiB and above */
	bool above_4g;
	enum linux_entry entry;	/* the best entry that it offers */
	uint32_t cmdline_max;	/* bytes, NUL not counted */
	uint64_t initrd_end;	/* an initrd ends here at the latest */
};

/* Is HEAD the start of such a file? */
bool linux_image_probe(struct span head);

/*
 * Read and check FILE's header.  ERR_EXEC_FORMAT, ERR_FILE_LENGTH (the file
 * is shorter than its header says), ERR_READ.
 */
int linux_image_read(struct linux_image *img, struct file *file);

/*
 * Where the compressed kernel lies in a bzImage: OFF and LEN in bytes of the
 * file, as the header says.  But for gzip, the last four bytes of LEN are the
 * unpacked size.  ERR_EXEC_FORMAT: not a bzImage, or older than 2.08.
 */
int linux_payload(struct file *file, uint64_t *off, uint64_t *len);

#endif
