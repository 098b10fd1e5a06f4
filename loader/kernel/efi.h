/* Initrds as an EFI image gets them: as one file. */
#ifndef LOADER_KERNEL_EFI_H
#define LOADER_KERNEL_EFI_H

#include "loader/kernel/kernel.h"

/* E's initrds as pieces of HO whose addresses are offsets in it. */
int efi_add_initrds(struct handover *ho, struct boot_entry *e);

#endif
