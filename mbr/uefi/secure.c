/*
 * Secure Boot (UEFI 2.10, section 32.3): on when the firmware says so; in
 * Setup Mode, where it would start anything, it says no.
 */
#include "mbr/uefi/uefi.h"

bool uefi_secure_boot(void)
{
	static EFI_GUID global = EFI_GLOBAL_VARIABLE;
	uint8_t value = 0;
	UINTN len = sizeof(value);

	if (uefi_timed(uefi_system->RuntimeServices->GetVariable(
		    L"SecureBoot", &global, NULL, &len, &value)))
		return false;
	return value == 1;
}
