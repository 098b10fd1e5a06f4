/*
 * Carrying out a handover under UEFI.
 */
#include "mbr/uefi/uefi.h"

int uefi_go(struct handover *ho)
{
	uefi_measure_cmdline(ho->cmdline);
	switch (ho->mode) {
	case GO_EFI:
		return uefi_go_image(ho);
	case GO_EFI_HV:
		return uefi_go_hv(ho);
	case GO_EFI64:
		return uefi_go_efi64(ho);
	default:
		return uefi_go_flat(ho);
	}
}
