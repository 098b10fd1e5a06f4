/*
 * The probe started by Multiboot 2.0, EFI's boot services still on: 3.6, the
 * tags of the information.
 */
#include "kernelgen/probe/probe.h"
#include "loader/abi/multiboot2.h"
#include "loader/base/fmt.h"

static uint64_t memory(const struct multiboot2_mmap *m)
{
	uint64_t n = (m->tag.size - sizeof(*m)) / sizeof(m->entry[0]), sum = 0;

	for (uint64_t i = 0; i < n; i++)
		if (m->entry[i].type == 1)
			sum += m->entry[i].len;
	return sum;
}

static const char *tell(const struct multiboot2_framebuffer *f)
{
	static char text[80];

	fmt(text, sizeof(text), ",\"picture\":[%u,%u,%u,%u]", f->kind,
	    f->width, f->height, f->bpp);
	return text;
}

/* One tag; *RSDP by the firmware's table. */
static void take(struct probe *p, const struct multiboot2_tag *tag,
		 uint64_t *rsdp)
{
	const struct multiboot2_module *m = (const void *)tag;

	switch (tag->type) {
	case MULTIBOOT2_CMDLINE:
		p->cmdline = (const char *)(tag + 1);
		break;
	case MULTIBOOT2_MODULE:
		if (p->initrd)
			break;
		p->initrd = (const void *)(uintptr_t)m->mod_start;
		p->initrd_len = m->mod_end - m->mod_start;
		break;
	case MULTIBOOT2_FRAMEBUFFER:
		p->told = tell((const void *)tag);
		break;
	case MULTIBOOT2_MMAP:
		p->memory = memory((const void *)tag);
		break;
	case MULTIBOOT2_EFI64:
		*rsdp = acpi_efi_rsdp(((const struct multiboot2_pointer *)
				       tag)->pointer);
		break;
	}
}

void probe_start(const void *told, unsigned entry, uint64_t tsc)
{
	const struct multiboot2_info *info = told;
	struct probe p = { .tsc = tsc, .cmdline = "",
		.entry = entry == MULTIBOOT2_LOADER_MAGIC ? "multiboot2" :
			 "unknown" };
	uint64_t rsdp = 0;

	probe_map_all();
	for (uint32_t at = sizeof(*info); at < info->total_size; ) {
		const struct multiboot2_tag *tag =
			(const void *)((const uint8_t *)told + at);

		if (tag->type == MULTIBOOT2_END)
			break;
		take(&p, tag, &rsdp);
		at += (tag->size + MULTIBOOT2_ALIGN - 1) &
		      -(uint32_t)MULTIBOOT2_ALIGN;
	}
	serial_init();
	probe_report(&p, serial_write);
	acpi_poweroff(rsdp);
}
