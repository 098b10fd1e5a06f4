/* The jump to flat 32-bit mode, in a page below 4 GiB. */
#ifndef MBR_UEFI_PROT32_H
#define MBR_UEFI_PROT32_H

#include "loader/handover.h"

/* To the kernel of HO by way of PAGE; the firmware has gone. */
_Noreturn void prot32_jump(void *page, const struct handover *ho);

#endif
