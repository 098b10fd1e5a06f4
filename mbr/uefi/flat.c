/*
 * GO_LONG64 and GO_PROT32, after ExitBootServices: a Linux kernel without a
 * usable EFI stub, which knows by efi_info that it runs on EFI (Linux'
 * Documentation/arch/x86/boot.rst, "64-bit boot protocol"); PVH.
 */
#include "mbr/uefi/uefi.h"

#include <asm/bootparam.h>
#include <string.h>
#include <xen/xen.h>
#include <xen/arch-x86/hvm/start_info.h>

#include "loader/base/err.h"
#include "loader/picture.h"
#include "mbr/uefi/prot32.h"

#define VIDEO_TYPE_EFI 0x70 /* <linux/screen_info.h> */
#define MAP_SLACK 8	    /* descriptors that our own calls may add */

struct firmware_map {
	uint8_t *at;
	uint64_t pages;
	UINTN len, key, each;
	UINT32 version;
};

/* What runs and what it is given; the initrd's pieces lie side by side. */
static void measure_pieces(const struct handover *ho)
{
	uint64_t start = 0, end = 0;

	for (unsigned i = 0; i < ho->n; i++) {
		const struct piece *p = &ho->piece[i];

		if (p->role == PIECE_KERNEL)
			uefi_measure(9, (void *)p->addr, p->len, "kernel");
		if (p->role != PIECE_INITRD)
			continue;
		start = start ? start : p->addr;
		end = p->addr + p->size;
	}
	if (start)
		uefi_measure(9, (void *)start, end - start, "initrd");
}

/* The picture that the firmware set up, for the kernel's first console. */
static void set_screen(struct boot_params *params)
{
	struct picture p = { 0 };

	if (uefi_picture(&p)) {
		err_clear();
		return;
	}
	params->screen_info = (struct screen_info){
		.orig_video_isVGA = VIDEO_TYPE_EFI,
		.lfb_base = (uint32_t)p.addr,
		.ext_lfb_base = (uint32_t)(p.addr >> 32),
		.capabilities = VIDEO_CAPABILITY_64BIT_BASE,
		.lfb_size = (uint32_t)p.size,
		.lfb_width = (uint16_t)p.width,
		.lfb_height = (uint16_t)p.height, .lfb_depth = 32,
		.lfb_linelength = (uint16_t)p.pitch,
		.red_pos = p.color[0], .red_size = p.color[1],
		.green_pos = p.color[2], .green_size = p.color[3],
		.blue_pos = p.color[4], .blue_size = p.color[5],
		.rsvd_pos = p.color[6], .rsvd_size = p.color[7] };
}

static int map_room(struct firmware_map *m)
{
	m->len = 0;
	uefi_timed(uefi_boot->GetMemoryMap(&m->len, NULL, &m->key, &m->each,
					   &m->version));
	m->pages = uefi_page_count(m->len + MAP_SLACK * m->each);
	m->at = uefi_pages(m->pages);
	return m->at ? 0 : ERR_NO_MEMORY;
}

/* The map may change under the first try: its timers still run. */
static bool leave_firmware(struct firmware_map *m)
{
	for (int i = 0; i < 3; i++) {
		m->len = m->pages * EFI_PAGE_SIZE;
		if (uefi_timed(uefi_boot->GetMemoryMap(&m->len, (void *)m->at,
						       &m->key, &m->each,
						       &m->version)))
			return false;
		if (!uefi_boot->ExitBootServices(uefi_image, m->key))
			return true;
	}
	return false;
}

static void set_efi_info(struct boot_params *params,
			 const struct firmware_map *m)
{
	struct efi_info e = {0};
	uint64_t system = (uintptr_t)uefi_system, map = (uintptr_t)m->at;

	memcpy(&e.efi_loader_signature, "EL64", 4);
	e.efi_systab = (uint32_t)system;
	e.efi_systab_hi = (uint32_t)(system >> 32);
	e.efi_memdesc_size = (uint32_t)m->each;
	e.efi_memdesc_version = m->version;
	e.efi_memmap = (uint32_t)map;
	e.efi_memmap_hi = (uint32_t)(map >> 32);
	e.efi_memmap_size = (uint32_t)m->len;
	params->efi_info = e;
}

/* Flat segments at the selectors that the boot protocol names. */
static _Noreturn void jump64(const struct handover *ho)
{
	static const uint64_t gdt[] = {
		0, 0, 0x00af9a000000ffff, /* 0x10: 64-bit code */
		0x00cf92000000ffff,	  /* 0x18: data */
	};
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) gdtr = {sizeof(gdt) - 1, (uintptr_t)gdt};

	__asm__ volatile("cli\n\t"
		     "lgdt %0\n\t"
		     "pushq $0x10\n\t"
		     "leaq 1f(%%rip), %%rax\n\t"
		     "pushq %%rax\n\t"
		     "lretq\n"
		     "1:\tmovl $0x18, %%eax\n\t"
		     "movl %%eax, %%ds\n\t"
		     "movl %%eax, %%es\n\t"
		     "movl %%eax, %%ss\n\t"
		     "jmp *%1"
		     :
		     : "m"(gdtr), "b"(ho->entry), "S"(ho->rsi)
		     : "rax", "memory");
	__builtin_unreachable();
}

static void *piece_of(const struct handover *ho, enum piece_role role)
{
	for (unsigned i = 0; i < ho->n; i++)
		if (ho->piece[i].role == role)
			return (void *)ho->piece[i].addr;
	return NULL;
}

/* ACPI 2.0's root pointer (UEFI 4.6); 0: there is none. */
static uint64_t rsdp(void)
{
	static const EFI_GUID acpi20 = ACPI_20_TABLE_GUID;

	const EFI_CONFIGURATION_TABLE *t = uefi_system->ConfigurationTable;

	for (UINTN i = 0; i < uefi_system->NumberOfTableEntries; i++)
		if (!memcmp(&t[i].VendorGuid, &acpi20, sizeof(acpi20)))
			return (uintptr_t)t[i].VendorTable;
	return 0;
}

/* What only the firmware knows, while it is there. */
static void tell(const struct handover *ho)
{
	struct boot_params *params = piece_of(ho, PIECE_BOOT_PARAMS);
	struct hvm_start_info *pvh = piece_of(ho, PIECE_PVH_INFO);

	if (params) {
		params->acpi_rsdp_addr = rsdp();
		set_screen(params);
	}
	if (pvh)
		pvh->rsdp_paddr = rsdp();
}

static _Noreturn void start(const struct handover *ho, void *page,
			    const struct firmware_map *m)
{
	struct boot_params *params = piece_of(ho, PIECE_BOOT_PARAMS);

	if (params)
		set_efi_info(params, m);
	if (ho->mode == GO_PROT32)
		prot32_jump(page, ho);
	jump64(ho);
}

int uefi_go_flat(struct handover *ho)
{
	struct firmware_map map;
	void *page;
	int err;

	if (uefi_secure_boot())
		return fail(ERR_AUTH,
			    "Secure Boot is on, and this kernel has "
			    "no EFI stub that the firmware could verify");
	if ((err = uefi_pieces_load(ho)))
		return err;
	page = uefi_pages_low(1);
	if (page && !map_room(&map)) {
		measure_pieces(ho);
		tell(ho);
		if (leave_firmware(&map))
			start(ho, page, &map);
		fail(ERR_BOOT, "ExitBootServices fails");
		uefi_pages_free(map.at, map.pages);
	}
	if (page)
		uefi_pages_free(page, 1);
	uefi_pieces_release();
	return ERR_BOOT;
}
