/* Memory mapped to itself, for an initrd may lie above 4 GiB. */
#include "kernelgen/probe/probe.h"

#define GIB 32		/* mapped, at most */
#define PAGE_2M 0x83	/* present, writable, large */

uint64_t probe_pml4[512] __attribute__((aligned(4096)));
uint64_t probe_pdpt[512] __attribute__((aligned(4096)));
uint64_t probe_pd[GIB * 512] __attribute__((aligned(4096)));

void probe_map_all(void)
{
	for (uint64_t i = 0; i < GIB * 512; i++)
		probe_pd[i] = i << 21 | PAGE_2M;
	for (unsigned i = 0; i < GIB; i++)
		probe_pdpt[i] = (uint64_t)&probe_pd[i * 512] | 3;
	probe_pml4[0] = (uint64_t)probe_pdpt | 3;
	__asm__ volatile("mov %0, %%cr3" : : "r"(probe_pml4) : "memory");
}
