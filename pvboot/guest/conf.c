/* What this loader can start. */
#include "loader/kernel/formats.h"
#include "pvboot/guest/conf.h"

const struct kernel_format *const guest_formats[] = {
	&xenpv_format,
	&xenpv_packed_format,
	NULL
};
