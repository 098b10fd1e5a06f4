/*
 * Secure Boot (UEFI 2.10, section 32.3): on when the firmware says so and is
 * not in Setup Mode, where it would start anything.
 */
#include "mbr/uefi/uefi.h"

static uint8_t variable(CHAR16 *name)
{
	static EFI_GUID global = EFI_GLOBAL_VARIABLE;
	uint8_t value = 0;
	UINTN len = sizeof(value);

	if (uefi_timed(uefi_system->RuntimeServices->GetVariable(
		    name, &global, NULL, &len, &value)))
		return 0;
	return value;
}

bool uefi_secure_boot(void)
{
	return variable(L"SecureBoot") == 1 && variable(L"SetupMode") == 0;
}
