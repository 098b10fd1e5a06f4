/*
 * The probe as an EFI application, or as a kernel's EFI stub: it asks the
 * firmware for what it reports, as Linux' stub does (LoadFile2 for the
 * initrd), and leaves by ResetSystem.
 */
#include <efi.h>

#include "kernelgen/probe/probe.h"

void probe_efi(EFI_HANDLE image, EFI_SYSTEM_TABLE *st, uint64_t tsc,
	       unsigned app);

static EFI_GUID loaded_image = LOADED_IMAGE_PROTOCOL;
static EFI_GUID load_file2 = { 0x4006c0c1, 0xfcb3, 0x403e,
	{ 0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d } };

/* UEFI 2.10, 13.2. */
struct load_file2 {
	EFI_STATUS (EFIAPI *load)(struct load_file2 *self,
				  EFI_DEVICE_PATH *path, BOOLEAN boot_policy,
				  UINTN *size, void *buffer);
};

/* LINUX_EFI_INITRD_MEDIA_GUID as a device path. */
static const struct {
	VENDOR_DEVICE_PATH vendor;
	EFI_DEVICE_PATH end;
} __attribute__((packed)) initrd_path = {
	{ { MEDIA_DEVICE_PATH, MEDIA_VENDOR_DP,
	    { sizeof(VENDOR_DEVICE_PATH), 0 } },
	  { 0x5568e427, 0x68fc, 0x4f3d,
	    { 0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68 } } },
	{ END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, { 4, 0 } },
};

static char cmdline[16384];
static uint8_t map[65536];

static unsigned put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* The load options are UTF-16, with or without a NUL. */
static void read_cmdline(const EFI_LOADED_IMAGE *li)
{
	const CHAR16 *s = li->LoadOptions;
	unsigned n = 0;

	for (unsigned i = 0; i < li->LoadOptionsSize / 2 && s[i] &&
	     n < sizeof(cmdline) - 5; i++) {
		uint32_t c = s[i];

		if ((c & 0xfc00) == 0xd800 && i + 1 < li->LoadOptionsSize / 2 &&
		    (s[i + 1] & 0xfc00) == 0xdc00)
			c = 0x10000 + ((c & 0x3ff) << 10) + (s[++i] & 0x3ff);
		n += put_utf8(cmdline + n, c);
	}
}

static void read_initrd(EFI_BOOT_SERVICES *bs, struct probe *p)
{
	EFI_DEVICE_PATH *path = (void *)&initrd_path;
	EFI_PHYSICAL_ADDRESS at;
	struct load_file2 *lf;
	EFI_HANDLE handle;
	UINTN size = 0;

	if (bs->LocateDevicePath(&load_file2, &path, &handle) ||
	    bs->HandleProtocol(handle, &load_file2, (void **)&lf) ||
	    lf->load(lf, path, FALSE, &size, NULL) != EFI_BUFFER_TOO_SMALL ||
	    bs->AllocatePages(AllocateAnyPages, EfiLoaderData,
			      (size + 4095) / 4096, &at) ||
	    lf->load(lf, path, FALSE, &size, (void *)at))
		return;
	p->initrd = (void *)at;
	p->initrd_len = size;
}

static uint64_t memory(EFI_BOOT_SERVICES *bs)
{
	UINTN size = sizeof(map), key, each;
	uint64_t sum = 0;
	UINT32 version;

	if (bs->GetMemoryMap(&size, (void *)map, &key, &each, &version))
		return 0;
	for (UINTN i = 0; i + each <= size; i += each) {
		const EFI_MEMORY_DESCRIPTOR *d = (void *)(map + i);

		/* What is free once the firmware has gone. */
		if ((d->Type >= EfiLoaderCode &&
		     d->Type <= EfiBootServicesData) ||
		    d->Type == EfiConventionalMemory)
			sum += d->NumberOfPages * 4096;
	}
	return sum;
}

void probe_efi(EFI_HANDLE image, EFI_SYSTEM_TABLE *st, uint64_t tsc,
	       unsigned app)
{
	struct probe p = { .entry = app ? "efi-app" : "efi-stub",
		.cmdline = cmdline, .tsc = tsc };
	EFI_BOOT_SERVICES *bs = st->BootServices;
	EFI_LOADED_IMAGE *li;

	if (!bs->HandleProtocol(image, &loaded_image, (void **)&li))
		read_cmdline(li);
	read_initrd(bs, &p);
	p.memory = memory(bs);
	/* libmd writes below its stack pointer: nothing may interrupt it. */
	__asm__ volatile("cli");
	serial_init();
	probe_report(&p, serial_write);
	__asm__ volatile("sti");
	st->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0,
					 NULL);
	acpi_poweroff(0);
}
