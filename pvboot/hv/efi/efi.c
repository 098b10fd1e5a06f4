/*
 * hv.efi: the hypervisor as an EFI application, so that the firmware verifies
 * it as a whole.  What the guest is to be stands in a device tree that
 * twinboot.efi has left in a configuration table (loader/kernel/hv/hv_tree.h);
 * without one the guest is the loader that we carry, and menu.lst decides.
 */
#include "pvboot/hv/efi/efi.h"

#include <string.h>

#include "loader/kernel/hv/hv_tree.h"

#define CR4_LA57 (1u << 12)	/* paging of five levels: SDM volume 3, 2.5 */

EFI_SYSTEM_TABLE *efi_system;
EFI_BOOT_SERVICES *efi_boot;

EFI_STATUS efi_say(const CHAR16 *text, EFI_STATUS status)
{
	efi_system->ConOut->OutputString(efi_system->ConOut,
					 (CHAR16 *)(uintptr_t)text);
	efi_system->ConOut->OutputString(efi_system->ConOut,
					 (CHAR16 *)(uintptr_t)L"\r\n");
	return status;
}

void *efi_pages(uint64_t bytes)
{
	EFI_PHYSICAL_ADDRESS at = UINT32_MAX;

	if (efi_boot->AllocatePages(AllocateMaxAddress, EfiLoaderData,
				    bytes / EFI_PAGE_SIZE + 1, &at))
		return NULL;
	return (void *)at;
}

void *efi_table(const EFI_GUID *guid)
{
	for (UINTN i = 0; i < efi_system->NumberOfTableEntries; i++) {
		EFI_CONFIGURATION_TABLE *t = &efi_system->ConfigurationTable[i];

		if (!memcmp(&t->VendorGuid, guid, sizeof(*guid)))
			return t->VendorTable;
	}
	return NULL;
}

static bool five_levels(void)
{
	uint64_t cr4;

	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	return cr4 & CR4_LA57;
}

/* The tree's address, which must be one that the hypervisor reaches. */
static bool find_tree(uint32_t *tree)
{
	static const EFI_GUID guid = HV_TREE_GUID;
	void *at = efi_table(&guid);

	*tree = (uint32_t)(uintptr_t)at;
	return (uintptr_t)at <= UINT32_MAX - HV_TREE_MAX;
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
	struct boot_efi *b;
	EFI_STATUS status;
	uint64_t entry;

	efi_system = system;
	efi_boot = system->BootServices;
	if (five_levels())
		return efi_say(L"hv.efi: the firmware has paging of five "
			       L"levels on", EFI_UNSUPPORTED);
	entry = image_load();
	if (!entry || machine_room(&b))
		return efi_say(L"hv.efi: no memory below 4 GiB",
			       EFI_OUT_OF_RESOURCES);
	if (!find_tree(&b->tree))
		return efi_say(L"hv.efi: its device tree lies above 4 GiB",
			       EFI_INVALID_PARAMETER);
	status = machine_leave(image, b);
	if (status)
		return efi_say(L"hv.efi: ExitBootServices fails", status);
	__asm__ volatile("cli; jmp *%0" : : "r"(entry), "D"(b) : "memory");
	__builtin_unreachable();
}
