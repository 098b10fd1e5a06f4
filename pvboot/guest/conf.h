#ifndef PVBOOT_GUEST_CONF_H
#define PVBOOT_GUEST_CONF_H

#include "loader/kernel/kernel.h"

extern const struct kernel_format *const guest_formats[]; /* NULL at the end */

#endif
