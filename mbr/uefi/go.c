/*
 * Carrying out a handover under UEFI.
 */
#include "mbr/uefi/uefi.h"

#include "loader/base/err.h"

int uefi_go(struct handover *ho)
{
	uefi_measure_cmdline(ho->cmdline);
	switch (ho->mode) {
	case GO_EFI:
		return uefi_go_image(ho);
	case GO_LONG64:
		return uefi_go_long64(ho);
	default:
		return fail(ERR_EXEC_FORMAT, "this kernel has no 64-bit entry: "
					     "it starts through BIOS only");
	}
}
