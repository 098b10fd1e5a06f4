/* Apart, because it is small. */
#include "loader/kernel/pvh.h"

#include <elf.h>
#include <string.h>

bool pvh_probe(struct span head)
{
	return head.len >= sizeof(Elf64_Ehdr) &&
	       !memcmp(head.p, ELFMAG, SELFMAG) &&
	       head.p[EI_CLASS] == ELFCLASS64;
}
