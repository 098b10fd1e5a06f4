/* What the hypervisor may be able to start; apart, because it is small. */
#include "loader/kernel/hv/hv.h"

#include "loader/kernel/linux/linux_image.h"
#include "loader/kernel/pvh.h"

bool hv_probe(struct span head)
{
	return linux_image_probe(head) || pvh_probe(head);
}
