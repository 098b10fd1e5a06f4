/*
 * What each boot path starts: said once, for the path itself and for the host
 * program, which foretells it.
 */
#ifndef LOADER_PATHS_H
#define LOADER_PATHS_H

#include "loader/handover.h"
#include "loader/kernel/kernel.h"

enum boot_path { PATH_BIOS, PATH_UEFI, PATH_PV, PATH_COUNT };

/* As --path and the boot record have them. */
#define PATH_BIOS_NAME "bios"
#define PATH_UEFI_NAME "uefi"
#define PATH_PV_NAME "pv"

/* What go() of each path carries out, as struct platform's modes. */
#define PATHS_BIOS_MODES (1u << GO_REAL16 | 1u << GO_PROT32 | 1u << GO_LONG64)
#define PATHS_UEFI_MODES (1u << GO_EFI | 1u << GO_LONG64 | 1u << GO_PROT32 | \
			  1u << GO_EFI64 | 1u << GO_EFI_HV)
#define PATHS_PV_MODES	 (1u << GO_XENPV)

/* Formats, NULL at the end.  (Stage 2 has its Multiboot in its second part.) */
extern const struct kernel_format *const paths_bios[];
extern const struct kernel_format *const paths_bios_pv[]; /* by our hv.elf */
extern const struct kernel_format *const paths_uefi[];
extern const struct kernel_format *const paths_uefi_pv[]; /* by our hv.efi */
extern const struct kernel_format *const paths_pv[];

#endif
