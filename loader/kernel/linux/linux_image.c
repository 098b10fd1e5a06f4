/*
 * Reads the setup header of a Linux kernel.  Each field is looked at only if
 * the kernel's protocol version has it; nothing of it is believed unchecked.
 */
#include "loader/kernel/linux/linux_image.h"

#include <string.h>

#include "loader/base/err.h"

#define HEADER 0x1f1		/* struct setup_header in the file */
#define HEADER_MAX 0x290	/* where the next field of boot_params begins */
#define MAGIC 0x53726448	/* "HdrS" */

_Static_assert(offsetof(struct boot_params, hdr) == HEADER, "boot_params");
_Static_assert(offsetof(struct setup_header, version) == 0x206 - HEADER,
	       "setup_header");
_Static_assert(sizeof(struct boot_params) == 4096, "boot_params");

bool linux_image_probe(struct span head)
{
	return span_u16(&head, 0x1fe) == 0xaa55 &&
	       span_u32(&head, 0x202) == MAGIC &&
	       span_u16(&head, 0x206) >= 0x200 && !head.bad;
}

/* The header ends where the jump at its start leads to. */
static int read_header(struct linux_image *img)
{
	uint8_t head[HEADER_MAX];
	size_t end;
	int err;

	if (img->file->size < sizeof(head))
		return fail(ERR_EXEC_FORMAT, "not a Linux kernel");
	err = fs_read(img->file, 0, sizeof(head), head);
	if (err)
		return err;
	if (!linux_image_probe(span_of(head, sizeof(head))))
		return fail(ERR_EXEC_FORMAT, "not a Linux kernel");
	end = 0x202u + head[0x201];
	if (end > HEADER_MAX)
		end = HEADER_MAX;
	memcpy(img->header, head + HEADER, end - HEADER);
	memcpy(&img->hdr, img->header, sizeof(img->hdr));
	img->version = img->hdr.version;
	return 0;
}

static int read_sizes(struct linux_image *img)
{
	const struct setup_header *h = &img->hdr;
	uint64_t size = img->file->size;
	uint64_t want = (uint64_t)h->syssize * 16;

	/* Zero means four, for the sake of the oldest kernels. */
	img->setup_size = ((h->setup_sects ? h->setup_sects : 4u) + 1) * 512;
	if (size <= img->setup_size)
		return fail(ERR_FILE_LENGTH, "kernel of %lu bytes, %u of setup",
			    size, img->setup_size);
	img->len = size - img->setup_size;
	/* Before 2.04 the field is too narrow for a kernel above 1 MiB. */
	if (img->version < 0x204 || !want)
		return 0;
	/* It counts paragraphs; the last may be cut. */
	if (img->len + 15 < want)
		return fail(ERR_FILE_LENGTH,
			    "kernel of %lu bytes, its header says %lu", size,
			    want + img->setup_size);
	if (img->len > want)
		img->len = want;
	return 0;
}

static int read_placement(struct linux_image *img)
{
	const struct setup_header *h = &img->hdr;

	img->high = h->loadflags & LOADED_HIGH;
	img->relocatable = img->version >= 0x205 && h->relocatable_kernel;
	img->align = img->relocatable ? h->kernel_alignment : 1;
	if (!img->align || (img->align & (img->align - 1)))
		return fail(ERR_EXEC_FORMAT, "kernel alignment %lx",
			    img->align);
	/* Older kernels do not say; they unpack upwards from where they are. */
	img->room = img->len * 3;
	if (!img->high)
		img->room = img->len;
	else if (img->version >= 0x20a)
		img->room = h->init_size;
	if (img->room < img->len)
		img->room = img->len;
	return 0;
}

/*
 * Of kernels before 2.08, only relocatable ones surely can be entered in
 * 32-bit mode; memdisk (2.03) and iPXE (2.07) cannot.
 */
static enum linux_entry best_entry(const struct linux_image *img)
{
	if (!img->high || (img->version < 0x208 && !img->relocatable))
		return LINUX_16;
	/* The 64-bit entry lies 0x200 bytes into the protected-mode part. */
	if (img->version >= 0x20c && img->len > 0x200 &&
	    img->hdr.xloadflags & XLF_KERNEL_64)
		return LINUX_64;
	return LINUX_32;
}

int linux_image_read(struct linux_image *img, struct file *file)
{
	int err;

	*img = (struct linux_image){ .file = file };
	if ((err = read_header(img)) || (err = read_sizes(img)) ||
	    (err = read_placement(img)))
		return err;
	img->entry = best_entry(img);
	img->above_4g = img->entry == LINUX_64 &&
			img->hdr.xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G;
	img->cmdline_max = img->version >= 0x206 ? img->hdr.cmdline_size : 255;
	img->initrd_end = img->version >= 0x203 ?
		(uint64_t)img->hdr.initrd_addr_max + 1 : 0x38000000;
	return 0;
}

int linux_payload(struct file *file, uint64_t *off, uint64_t *len)
{
	struct linux_image img;
	int err = linux_image_read(&img, file);

	if (err)
		return err;
	if (img.version < 0x208 || !img.hdr.payload_length)
		return fail(ERR_EXEC_FORMAT, "not a Xen PV kernel: no Xen "
			    "notes, no payload that could have them");
	*off = (uint64_t)img.setup_size + img.hdr.payload_offset;
	*len = img.hdr.payload_length;
	if (*off > file->size || *len > file->size - *off)
		return fail(ERR_FILE_LENGTH,
			    "kernel of %lu bytes, payload of %lu at %lu",
			    file->size, *len, *off);
	return 0;
}
