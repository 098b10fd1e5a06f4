/*
 * What the UEFI stage's files share: the firmware's tables, and the pieces of
 * its struct platform.
 */
#ifndef MBR_UEFI_UEFI_H
#define MBR_UEFI_UEFI_H

#include <efi.h>

#include "loader/disk/part.h"
#include "loader/platform.h"

extern EFI_HANDLE uefi_image;		/* ourselves */
extern EFI_SYSTEM_TABLE *uefi_system;
extern EFI_BOOT_SERVICES *uefi_boot;
extern EFI_LOADED_IMAGE *uefi_loaded;	/* where we came from */

/* TSC ticks spent inside the firmware since we started. */
extern uint64_t uefi_firmware_tsc;

static inline uint64_t uefi_tsc(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
}

/* Count what CALL takes as firmware time; its value is CALL's. */
#define uefi_timed(call) ({				\
	uint64_t begun_ = uefi_tsc();			\
	EFI_STATUS status_ = (call);			\
	uefi_firmware_tsc += uefi_tsc() - begun_;	\
	status_; })

/* disk.c: all whole disks, hd0 the one that holds our own partition. */
int uefi_disks(struct platform *p);
/* The device path of HANDLE, NULL if it has none; its bytes without the end. */
EFI_DEVICE_PATH *uefi_device_path(EFI_HANDLE handle);
size_t uefi_path_length(EFI_DEVICE_PATH *path);

/*
 * where.c: the firmware's name of the file F, called PATH on its file system,
 * in PAGES pages.  NULL when the firmware does not know its partition, or
 * there is no memory.
 */
EFI_DEVICE_PATH *uefi_where(const struct file *f, const char *path,
			    uint64_t *pages);

/* console.c */
void uefi_console_start(void);
void uefi_write(const char *s, size_t len);
int uefi_key(void);
int uefi_set_serial(const struct serial_line *s);
void uefi_idle(void);
uint64_t uefi_clock_ms(void);

/*
 * picture.c: struct platform's; and set MODE (0: none), which gives the
 * picture's address.
 */
struct picture;
int uefi_picture(struct picture *p);
uint64_t uefi_picture_set(uint32_t mode);

/* memory.c: the firmware's map as ours.  ERR_NO_MEMORY. */
int uefi_memmap(struct memmap *m);
/* The pages of the largest stretch that is free now. */
int uefi_largest_free(uint64_t *pages);
/* The pages that BYTES take. */
static inline uint64_t uefi_page_count(uint64_t bytes)
{
	return bytes / EFI_PAGE_SIZE + (bytes % EFI_PAGE_SIZE != 0);
}
/*
 * PAGES of 4 KiB anywhere, or NULL with an error recorded.  Firmware may clear
 * what it is given back, which takes its time: what a kernel is started with is
 * freed only if it comes back.
 */
void *uefi_pages(uint64_t pages);
void uefi_pages_free(void *p, uint64_t pages);
/* The same below 4 GiB. */
void *uefi_pages_low(uint64_t pages);

/* unpack.c: struct platform's unpack() and update_memmap(). */
int uefi_unpack(const struct platform *p, const char *path, struct file *f,
		struct file *out);
int uefi_update_memmap(struct memmap *m);

/* go.c: struct platform's go(). */
int uefi_go(struct handover *ho);
int uefi_go_image(struct handover *ho);		/* image.c: GO_EFI */
int uefi_go_hv(struct handover *ho);		/* hv.c: GO_EFI_HV */
int uefi_go_flat(struct handover *ho);	/* flat.c: GO_LONG64, GO_PROT32 */
int uefi_go_efi64(struct handover *ho);		/* efi64.c: GO_EFI64 */

/*
 * image.c: let the firmware load HO's piece 0, which is measured as WHAT (NULL:
 * it is not) and was read from F; and start it: with an error it came back.
 */
int uefi_image_load(const struct handover *ho, const struct file *f,
		    const char *what, EFI_HANDLE *image);
int uefi_image_start(const struct handover *ho, EFI_HANDLE image);

/*
 * library.c: CALL(ARG), where a library for user space can run.  The firmware's
 * disks and console do not work there.
 */
int uefi_library_call(int (*call)(void *arg), void *arg);

/*
 * pages.c: put HO's pieces into pages of the firmware's; with an error none are
 * held.  And give them back.
 */
int uefi_pieces_load(const struct handover *ho);
void uefi_pieces_release(void);

/* secure.c: whether the firmware verifies what it starts. */
bool uefi_secure_boot(void);

/*
 * initrd.c: offer HO's pieces from 1 on to the kernel, and take them back.
 * ERR_NO_MEMORY when no memory could hold them.
 */
int uefi_initrd_offer(const struct handover *ho);
void uefi_initrd_withdraw(void);
/* The TSC when the kernel got the CPU: what it takes is not our own time. */
extern uint64_t uefi_left_tsc;

/*
 * measure.c: extend PCR with LEN bytes at DATA; WHAT says in the log what
 * that is.  Nothing without a TPM.
 */
void uefi_measure(uint32_t pcr, const void *data, uint64_t len,
		  const char *what);
/* The same for texts, into PCR 8; and for the settings, into PCR 9. */
void uefi_measure_line(const char *line);
void uefi_measure_cmdline(const char *cmdline);
void uefi_measure_settings(const char *from, const char *text);

/* text.c: TEXT as NUL-terminated UTF-16 in PAGES pages, BYTES with the NUL. */
CHAR16 *uefi_utf16(const char *text, uint64_t *pages, uint32_t *bytes);

#endif
