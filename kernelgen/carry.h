/* Files that carry a kernel: unified kernel images and FIT images. */
#ifndef KERNELGEN_CARRY_H
#define KERNELGEN_CARRY_H

#include <stddef.h>
#include <stdint.h>

/*
 * KERNEL in the EFI application APP (pe.h), with a command line of its own;
 * malloc'd, NULL with an error recorded.
 */
uint8_t *carry_uki(const uint8_t *app, size_t app_len, const uint8_t *kernel,
		   size_t kernel_len, size_t *len);

/* KERNEL as the one image of a device tree; the same. */
uint8_t *carry_fit(const uint8_t *kernel, size_t kernel_len, size_t *len);

#endif
