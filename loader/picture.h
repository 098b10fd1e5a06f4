/*
 * A picture that a kernel may draw into, or the PC's screen of text.
 */
#ifndef LOADER_PICTURE_H
#define LOADER_PICTURE_H

#include <stdint.h>

enum { PICTURE_RGB = 1, PICTURE_TEXT = 2 };	/* Multiboot's numbers */
#define VBE_CONTROL 512		/* bytes (VBE 3.0, functions 00h and 01h) */
#define VBE_INFO 256

struct picture {
	uint32_t mode;	/* of struct handover's video_mode */
	uint64_t addr;
	uint64_t size;
	uint32_t pitch, width, height;
	uint8_t bpp, kind;
	/* Position and bits of red, green, blue, and of what is none. */
	uint8_t color[8];
	/* By VBE: its blocks, where the first was when it was filled in, and
	   its code for protected mode.  NULL: by other means. */
	const uint8_t *control, *info;
	uint32_t control_at;
	uint16_t code_seg, code_off, code_len;
};

#endif
