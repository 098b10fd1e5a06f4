/*
 * A Multiboot 1 kernel that writes what it was told as one line of JSON, "MBI
 * {...}", to COM1, and switches QEMU off.  32-bit; relies on nothing but the
 * information structure, and on that only where flags say it is there.
 */
#include <elf.h>
#include <stdbool.h>

#include "loader/abi/multiboot.h"

#define COM1 0x3f8
#define WORDS(x) #x
#define TEXT(x) WORDS(x)
#define MAGIC TEXT(MULTIBOOT_HEADER_MAGIC)

void start(void);
void kernel(uint32_t magic, const struct multiboot_info *info);
extern const uint32_t marker;

__asm__(".text\n"
	".balign 4\n"
	".long " MAGIC ", 3, -(" MAGIC " + 3)\n"
	".globl start, _start\n"
	"_start: start: movl $stack_top, %esp\n"
	"pushl %ebx\n pushl %eax\n"
	"call kernel\n"
	"1: hlt\n jmp 1b\n"
	".bss\n .balign 16\n .skip 16384\nstack_top:\n"
	".text\n");

/* Found by its name in the symbols that we are handed. */
const uint32_t marker = 0x600d;

static void out(uint16_t port, uint8_t v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static void put(const char *s)
{
	while (*s)
		out(COM1, (uint8_t)*s++);
}

static void number(const char *name, uint32_t v)
{
	char digits[12], *p = digits + sizeof(digits) - 1;

	*p = 0;
	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	put("\"");
	put(name);
	put("\":");
	put(p);
}

static void text(const char *name, const char *s)
{
	put(",\"");
	put(name);
	put("\":\"");
	put(s);
	put("\"");
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static void drives(const struct multiboot_info *info)
{
	uint32_t at = info->drives_addr, end = at + info->drives_length;

	put(",\"drives\":[");
	while (at < end) {
		const struct multiboot_drive *d = (const void *)at;

		put(at == info->drives_addr ? "{" : ",{");
		number("number", d->number);
		put(",");
		number("mode", d->mode);
		put(",");
		number("cylinders", d->cylinders);
		put(",");
		number("heads", d->heads);
		put(",");
		number("sectors", d->sectors);
		put("}");
		at += d->size;
	}
	put("]");
}

/* The value at the symbol NAME, by sections and symbols alone; 0: not there. */
static uint32_t at_symbol(const struct multiboot_info *info, const char *name)
{
	const Elf32_Shdr *s = (const void *)info->syms_addr;

	for (uint32_t i = 0; i < info->syms_num; i++) {
		const Elf32_Sym *sym = (const void *)s[i].sh_addr;
		const char *names = (const void *)s[s[i].sh_link].sh_addr;

		if (s[i].sh_type != SHT_SYMTAB)
			continue;
		for (uint32_t k = 0; k < s[i].sh_size / sizeof(*sym); k++)
			if (same(names + sym[k].st_name, name))
				return *(const uint32_t *)sym[k].st_value;
	}
	return 0;
}

static void symbols(const struct multiboot_info *info)
{
	const Elf32_Shdr *s = (const void *)info->syms_addr;
	const char *names = (const void *)s[info->syms_shndx].sh_addr;

	for (uint32_t i = 0; i < info->syms_num; i++)
		if (same(names + s[i].sh_name, ".rodata"))
			text("section", ".rodata");
	put(",");
	number("marker", at_symbol(info, "marker"));
}

/* INT 15h AH=C0h: the table's first word is its length. */
static void config(const struct multiboot_info *info)
{
	put(",");
	number("config_length", *(const uint16_t *)info->config_table);
	put(",");
	number("model", ((const uint8_t *)info->config_table)[2]);
}

static void apm(const struct multiboot_info *info)
{
	const struct multiboot_apm *a = (const void *)info->apm_table;

	put(",");
	number("apm", a->version);
	put(",");
	number("apm_segment", a->cseg);
}

static void strings(const struct multiboot_info *info)
{
	const struct multiboot_module *m = (const void *)info->mods_addr;

	text("cmdline", (const char *)info->cmdline);
	text("loader", (const char *)info->boot_loader_name);
	put(",");
	number("modules", info->mods_count);
	if (info->mods_count) {
		text("module", (const char *)m->string);
		put(",");
		number("module_size", m->mod_end - m->mod_start);
	}
}

static void memory(const struct multiboot_info *info)
{
	uint32_t at = info->mmap_addr, end = at + info->mmap_length;
	uint32_t ram = 0;

	while (at < end) {
		const struct multiboot_mmap *m = (const void *)at;

		if (m->type == 1)
			ram += (uint32_t)(m->len >> 10);
		at += m->size + 4;
	}
	put(",");
	number("lower", info->mem_lower);
	put(",");
	number("upper", info->mem_upper);
	put(",");
	number("ram", ram);
}

void kernel(uint32_t magic, const struct multiboot_info *info)
{
	put("MBI {");
	number("magic", magic == MULTIBOOT_LOADER_MAGIC);
	put(",");
	number("flags", info->flags);
	put(",");
	number("boot_device", info->boot_device);
	if (info->flags & MULTIBOOT_INFO_MMAP)
		memory(info);
	if (info->flags & MULTIBOOT_INFO_CMDLINE)
		strings(info);
	if (info->flags & MULTIBOOT_INFO_DRIVES)
		drives(info);
	if (info->flags & MULTIBOOT_INFO_CONFIG_TABLE)
		config(info);
	if (info->flags & MULTIBOOT_INFO_APM)
		apm(info);
	if (info->flags & MULTIBOOT_INFO_ELF_SECTIONS)
		symbols(info);
	put("}\n");
	/* QEMU's ACPI: PM1a control, SLP_EN with type 0 */
	__asm__ volatile("outw %0, %1" : : "a"((uint16_t)0x2000),
			 "Nd"((uint16_t)0x604));
}
