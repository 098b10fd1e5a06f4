/*
 * Entry of twinboot.efi: gather what the firmware offers into a struct
 * platform and let the menu run.
 */
#include "mbr/uefi/uefi.h"

#include "loader/hash.h"
#include "loader/base/err.h"
#include "loader/paths.h"
#include "menu/extra.h"
#include "menu/main.h"

#define ARENA_PAGES 1024 /* 4 MiB */

EFI_HANDLE uefi_image;
EFI_SYSTEM_TABLE *uefi_system;
EFI_BOOT_SERVICES *uefi_boot;
EFI_LOADED_IMAGE *uefi_loaded;
uint64_t uefi_firmware_tsc;

static struct arena arena;

static uint64_t firmware_tsc(void)
{
	return uefi_firmware_tsc;
}

static void reboot(void)
{
	uefi_system->RuntimeServices->ResetSystem(EfiResetCold, EFI_SUCCESS, 0,
						  NULL);
}

static void halt(void)
{
	uefi_system->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS,
						  0, NULL);
}

static struct platform platform = {
	.name = PATH_UEFI_NAME,
	.arena = &arena,
	.formats = paths_uefi,
	.pv_formats = paths_uefi_pv,
	.modes = PATHS_UEFI_MODES,
	.update_memmap = uefi_update_memmap,
	.unpack = uefi_unpack,
	.hash = hash_file,
	.extra = extra_here,
	.boot_part = -1,
	.write = uefi_write,
	.key = uefi_key,
	.set_serial = uefi_set_serial,
	.picture = uefi_picture,
	.idle = uefi_idle,
	.clock_ms = uefi_clock_ms,
	.measure = uefi_measure_line,
	.measure_settings = uefi_measure_settings,
	.firmware_tsc = firmware_tsc,
	.go = uefi_go,
	.reboot = reboot,
	.halt = halt,
};

static int start(void)
{
	static EFI_GUID loaded_image = LOADED_IMAGE_PROTOCOL;
	int err;

	if (uefi_timed(uefi_boot->HandleProtocol(uefi_image, &loaded_image,
						 (void **)&uefi_loaded)))
		return fail(ERR_DEVICE_INIT, "no LoadedImage protocol");
	/* The firmware resets a machine that seems hung after five minutes. */
	uefi_timed(uefi_boot->SetWatchdogTimer(0, 0, 0, NULL));
	uefi_console_start();
	arena.base = uefi_pages(ARENA_PAGES);
	if (!arena.base)
		return ERR_NO_MEMORY;
	arena.size = ARENA_PAGES * EFI_PAGE_SIZE;
	/* Not static: in a PE file what is zero takes as much as the rest. */
	platform.memmap = uefi_pages(uefi_page_count(sizeof(struct memmap)));
	if (!platform.memmap)
		return ERR_NO_MEMORY;
	err = uefi_memmap(platform.memmap);
	if (err)
		return err;
	return uefi_disks(&platform);
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system)
{
	platform.start_tsc = uefi_tsc();
	uefi_image = image;
	uefi_system = system;
	uefi_boot = system->BootServices;
	if (start())
		say(&platform, "twinboot: %s\n", err_text());
	else
		menu_main(&platform, NULL);
	return EFI_LOAD_ERROR;
}
