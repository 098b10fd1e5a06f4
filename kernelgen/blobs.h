/* The probes' code, as kernelgen carries it (blobs.S). */
#ifndef KERNELGEN_BLOBS_H
#define KERNELGEN_BLOBS_H

#include <stdint.h>

extern const uint8_t probe_setup16[], probe_setup16_end[];
extern const uint8_t probe_flat[], probe_flat_end[];
extern const uint8_t probe_bootsector[], probe_bootsector_end[];
extern const uint8_t probe_multiboot[], probe_multiboot_end[];
extern const uint8_t probe_multiboot2[], probe_multiboot2_end[];
extern const uint8_t probe_pvh[], probe_pvh_end[];
extern const uint8_t probe_xen_raw[], probe_xen_raw_end[];
extern const uint8_t probe_xen_page[], probe_xen_page_end[];

#endif
