/*
 * Carrying out a handover under UEFI.
 */
#include "mbr/uefi/uefi.h"

int uefi_go(struct handover *ho)
{
	uefi_measure_cmdline(ho->cmdline);
	return ho->mode == GO_EFI ? uefi_go_image(ho) : uefi_go_long64(ho);
}
