/* What the PV path starts.  A file for each path: it links only its own. */
#include "loader/paths.h"

#include <stddef.h>

#include "loader/kernel/formats.h"

const struct kernel_format *const paths_pv[] = {
	&xenpv_format, &xenpv_packed_format, &uki_xenpv_format,
	&fit_xenpv_format, NULL
};
