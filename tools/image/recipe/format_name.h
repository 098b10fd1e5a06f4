/* The formats that an image can have. */
#ifndef TOOLS_IMAGE_RECIPE_FORMAT_NAME_H
#define TOOLS_IMAGE_RECIPE_FORMAT_NAME_H

enum image_format { FORMAT_RAW, FORMAT_QCOW2, FORMAT_VMDK, FORMAT_VHDX,
		    FORMAT_VPC };

/* "raw|qcow2|..." for messages, and the format by its name; -1: none. */
#define FORMAT_NAMES "raw|qcow2|vmdk|vhdx|vpc"
int format_name_find(const char *name);
const char *format_name(enum image_format f);

#endif
