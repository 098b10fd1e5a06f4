/* Multiboot 1: the video mode that a kernel demands, and `uppermem'. */
#include "tests/unit/unit.h"

#include "loader/abi/multiboot.h"
#include "loader/base/err.h"
#include "loader/kernel/formats.h"
#include "loader/picture.h"
#include "loader/platform.h"

#define AT 0x200000

static struct {
	struct multiboot_header h;
	uint8_t code[4096];
} kernel;
static uint8_t room[1 << 20] __attribute__((aligned(16)));
static struct memmap map;
static struct handover ho;
static const struct platform *platform;	/* the entry's */
static uint32_t upper_kib;		/* the same */

/* Loaded at AT, with FLAGS besides. */
static void make(uint32_t flags)
{
	flags |= MULTIBOOT_AOUT_KLUDGE;
	memset(&kernel, 0, sizeof(kernel));
	kernel.h = (struct multiboot_header){ .magic = MULTIBOOT_HEADER_MAGIC,
		.flags = flags, .checksum = -(MULTIBOOT_HEADER_MAGIC + flags),
		.header_addr = AT, .load_addr = AT, .entry_addr = AT + 64 };
}

static int load(void)
{
	struct arena arena = { room, sizeof(room), 0 };
	static struct boot_entry entry;

	err_clear();
	ho = (struct handover){ 0 };
	entry = (struct boot_entry){ .kernel_path = "/k", .args = "",
		.platform = platform, .upper_kib = upper_kib };
	fs_mem_file(&entry.kernel, &kernel, sizeof(kernel));
	return multiboot_format.load(&entry, &map, &arena, &ho);
}

static int setup(void **state)
{
	map.n = 0;
	memmap_add(&map, 0, 0x9fc00, MEM_RAM);
	memmap_add(&map, 0x100000, 0x8000000, MEM_RAM);
	return 0;
}

/* What lies in the info block at address ADDR. */
static const void *told(uint32_t addr)
{
	for (unsigned i = 0; i < ho.n; i++) {
		const struct piece *p = &ho.piece[i];

		if (p->role == PIECE_MULTIBOOT_INFO && addr >= p->addr &&
		    addr < p->addr + p->size)
			return (const uint8_t *)p->mem + (addr - p->addr);
	}
	_fail(__FILE__, __LINE__);
	return NULL;
}

static void ask(uint32_t type, uint32_t width, uint32_t height, uint32_t depth)
{
	make(MULTIBOOT_VIDEO_MODE);
	kernel.h.mode_type = type;
	kernel.h.width = width;
	kernel.h.height = height;
	kernel.h.depth = depth;
}

static struct picture asked;

static int picture(struct picture *p)
{
	static uint8_t control[VBE_CONTROL] = "VESA", info[VBE_INFO] = { 9 };
	/* One pointer into the block, one elsewhere. */
	static const uint16_t in[] = { 0x104, 0x2000 }, out[] = { 5, 0xc000 };

	asked = *p;
	if (p->width == 666)
		return fail(ERR_MULTIBOOT, "none");
	memcpy(control + 6, in, 4);
	memcpy(control + 14, out, 4);
	*p = (struct picture){ .mode = 0x4118, .addr = 0xfd000000,
		.pitch = 4096, .width = 1024, .height = 768, .bpp = 32,
		.kind = PICTURE_RGB, .color = { 16, 8, 8, 8, 0, 8, 24, 8 },
		.control = control, .info = info, .control_at = 0x20000,
		.code_seg = 1, .code_off = 2, .code_len = 3 };
	return 0;
}

static void test_picture(void **state)
{
	static const uint8_t color[] = { 16, 8, 8, 8, 0, 8 };
	const struct platform screen = { .picture = picture };
	const struct multiboot_info *info;
	const uint8_t *control;
	uint16_t at[2];

	platform = &screen;
	ask(0, 800, 600, 24);
	assert_int_equal(load(), 0);
	assert_int_equal(asked.width, 800);
	assert_int_equal(asked.height, 600);
	assert_int_equal(asked.bpp, 24);
	assert_int_equal(asked.kind, PICTURE_RGB);
	assert_int_equal(ho.video_mode, 0x4118);
	info = told((uint32_t)ho.rbx);
	assert_int_equal(info->flags & 0x1800, 0x1800);
	assert_int_equal(info->framebuffer_addr, 0xfd000000);
	assert_int_equal(info->framebuffer_pitch, 4096);
	assert_int_equal(info->framebuffer_width, 1024);
	assert_int_equal(info->framebuffer_height, 768);
	assert_int_equal(info->framebuffer_bpp, 32);
	assert_int_equal(info->framebuffer_type, 1);
	assert_memory_equal(info->color_info, color, sizeof(color));
	assert_int_equal(info->vbe_mode, 0x4118);
	assert_int_equal(info->vbe_interface_off, 2);
	control = told(info->vbe_control_info);
	assert_memory_equal(control, "VESA", 4);
	memcpy(at, control + 6, 4);
	assert_int_equal(at[1] * 16 + at[0], info->vbe_control_info + 0x104);
	memcpy(at, control + 14, 4);
	assert_int_equal(at[1] * 16 + at[0], 0xc0005);
	assert_int_equal(*(const uint8_t *)told(info->vbe_mode_info), 9);
	ask(1, 80, 25, 0);
	assert_int_equal(load(), 0);
	assert_int_equal(asked.kind, PICTURE_TEXT);
	ask(0, 666, 0, 0);
	assert_int_equal(load(), ERR_MULTIBOOT);
	make(0);
	assert_int_equal(load(), 0);
	info = told((uint32_t)ho.rbx);
	assert_int_equal(info->flags & 0x1800, 0);
	assert_int_equal(ho.video_mode, 0);
	platform = NULL;
	ask(0, 0, 0, 0);
	assert_int_equal(load(), ERR_MULTIBOOT);
}

/* As GRUB does it: one number instead of the map. */
static void test_uppermem(void **state)
{
	const struct multiboot_info *info;

	make(0);
	upper_kib = 1234;
	assert_int_equal(load(), 0);
	upper_kib = 0;
	info = told((uint32_t)ho.rbx);
	assert_int_equal(info->mem_upper, 1234);
	assert_int_equal(info->flags & (MULTIBOOT_INFO_MEMORY |
			 MULTIBOOT_INFO_MMAP), MULTIBOOT_INFO_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_picture),
		cmocka_unit_test(test_uppermem),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
