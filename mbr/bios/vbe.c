/*
 * Video modes by INT 10h (VBE 3.0), for Multiboot kernels that ask for one.  In
 * stage 2's second part.
 */
#include <string.h>

#include "loader/base/err.h"
#include "loader/picture.h"
#include "mbr/bios/bios.h"

#define CONTROL_AT BOUNCE_ADDR
#define INFO_AT (CONTROL_AT + VBE_CONTROL)
#define MODES 256
#define LINEAR 0x4000		/* of the number: a linear frame buffer */
#define USABLE 0x99		/* supported, colour, picture, linear */
#define DIRECT 6		/* memory model */

/* Of the mode's information. */
struct mode_info {
	uint16_t attributes, windows[7], pitch, width, height;
	uint8_t cell[3], bpp, banks, model, bank[3];
	uint8_t mask[8];	/* bits and position of red, green, ... */
	uint8_t direct;
	uint32_t addr;
} __attribute__((packed));
_Static_assert(sizeof(struct mode_info) == 44, "VBE's ModeInfoBlock");

static uint8_t control[VBE_CONTROL], info[VBE_INFO];

static bool call(uint16_t function, uint16_t number, uintptr_t to,
		 struct bios_regs *r)
{
	*r = (struct bios_regs){ .eax = function, .ecx = number,
		.es = bios_seg((void *)to), .edi = bios_off((void *)to) };
	bios_int(0x10, r);
	return (uint16_t)r->eax == 0x4f;
}

static unsigned apart(unsigned a, unsigned b)
{
	return a > b ? a - b : b - a;
}

/* The modes' numbers, which the next calls may overwrite. */
static unsigned read_modes(uint16_t *modes)
{
	const uint16_t *list;
	uint16_t at[2];
	unsigned n = 0;

	memcpy(at, control + 14, sizeof(at));
	list = (const uint16_t *)(at[1] * 16ul + at[0]);
	for (; n < MODES && list[n] != 0xffff; n++)
		modes[n] = list[n];
	return n;
}

/* The usable mode that is nearest to P; 0: there is none. */
static uint16_t nearest(const struct picture *p)
{
	unsigned width = p->width ? p->width : 800, best = ~0u;
	unsigned height = p->height ? p->height : 600;
	unsigned bpp = p->bpp ? p->bpp : 32, n;
	static uint16_t modes[MODES];
	uint16_t found = 0;
	struct bios_regs r;

	n = read_modes(modes);
	for (unsigned i = 0; i < n; i++) {
		const struct mode_info *m = (const void *)INFO_AT;
		unsigned far;

		memset((void *)INFO_AT, 0, VBE_INFO);
		if (!call(0x4f01, modes[i], INFO_AT, &r) ||
		    (m->attributes & USABLE) != USABLE || m->model != DIRECT)
			continue;
		far = (apart(m->width, width) + apart(m->height, height)) *
		      64 + apart(m->bpp, bpp);
		if (far >= best)
			continue;
		best = far;
		found = modes[i];
		memcpy(info, m, sizeof(info));
	}
	return found;
}

static void text(struct picture *p)
{
	p->kind = PICTURE_TEXT;
	p->addr = *bios_data(0x49) == 7 ? 0xb0000 : 0xb8000;
	p->width = *bios_data(0x4a);
	p->height = *bios_data(0x84) ? *bios_data(0x84) + 1u : 25;
	p->pitch = p->width * 2;
	p->bpp = 16;
}

static int find(struct picture *p)
{
	const struct mode_info *m = (const void *)info;
	struct bios_regs r;
	uint16_t mode;

	memset((void *)CONTROL_AT, 0, VBE_CONTROL);
	memcpy((void *)CONTROL_AT, "VBE2", 4);
	if (!call(0x4f00, 0, CONTROL_AT, &r))
		return fail(ERR_MULTIBOOT, "a video mode: no VBE here");
	memcpy(control, (void *)CONTROL_AT, sizeof(control));
	if (!(mode = nearest(p)))
		return fail(ERR_MULTIBOOT, "a video mode: VBE has none");
	*p = (struct picture){ .mode = mode | LINEAR, .addr = m->addr,
		.pitch = m->pitch, .width = m->width, .height = m->height,
		.size = (uint64_t)m->pitch * m->height, .bpp = m->bpp,
		.kind = PICTURE_RGB, .control = control, .info = info,
		.control_at = CONTROL_AT };
	for (unsigned i = 0; i < sizeof(p->color); i++)
		p->color[i] = m->mask[i ^ 1];
	if (call(0x4f0a, 0, 0, &r)) {
		p->code_seg = r.es;
		p->code_off = (uint16_t)r.edi;
		p->code_len = (uint16_t)r.ecx;
	}
	return 0;
}

int bios_vbe_picture(struct picture *p)
{
	if (p->kind != PICTURE_TEXT)
		return find(p);
	text(p);
	return 0;
}

int bios_vbe_set(uint32_t mode)
{
	struct bios_regs r = { .eax = 0x4f02, .ebx = mode };

	bios_int(0x10, &r);
	return (uint16_t)r.eax == 0x4f ? 0 :
	       fail(ERR_BOOT, "VBE does not set mode %x", mode);
}
