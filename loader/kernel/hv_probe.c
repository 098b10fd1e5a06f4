/* What the hypervisor may be able to start; apart, because it is small. */
#include "loader/kernel/hv.h"

#include <elf.h>
#include <string.h>

#include "loader/kernel/linux_image.h"

bool hv_probe(struct span head)
{
	return linux_image_probe(head) ||
	       (head.len >= sizeof(Elf64_Ehdr) &&
		!memcmp(head.p, ELFMAG, SELFMAG) &&
		head.p[EI_CLASS] == ELFCLASS64);
}
