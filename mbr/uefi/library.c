/*
 * Debian's libraries were compiled for user space: they write below the stack
 * pointer, and look for their stack's canary at FS:0x28.  So they run where no
 * interrupt comes, with FS set for them.
 */
#include "mbr/uefi/uefi.h"

#include "loader/abi/x86.h"

static uint64_t read_fs_base(void)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(MSR_FS_BASE));
	return (uint64_t)high << 32 | low;
}

static void write_fs_base(uint64_t v)
{
	__asm__ volatile("wrmsr" : : "c"(MSR_FS_BASE), "a"((uint32_t)v),
		     "d"((uint32_t)(v >> 32)) : "memory");
}

int uefi_library_call(int (*call)(void *arg), void *arg)
{
	static uint64_t fs_block[8] = { [5] = 0x5be0cd19137e2179 };
	uint64_t fs = read_fs_base();
	EFI_TPL level = uefi_boot->RaiseTPL(TPL_HIGH_LEVEL);
	int err;

	fs_block[0] = (uintptr_t)fs_block;
	write_fs_base(fs_block[0]);
	err = call(arg);
	write_fs_base(fs);
	uefi_boot->RestoreTPL(level);
	return err;
}
