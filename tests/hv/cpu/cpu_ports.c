/*
 * Part of cpu.elf: who may use ports, and what the string instructions do to
 * memory.
 */
#include "tests/hv/cpu/cpu.h"

#include <stddef.h>
#include <string.h>

#include "tests/hv/guest.h"

#include <xen/physdev.h>

void cpu_in(void *port)
{
	uint8_t v;

	__asm__ volatile("inb %%dx, %0" : "=a"(v) : "d"((uint16_t)UL(port)));
}

static void in_word(void *port)
{
	uint16_t v;

	__asm__ volatile("inw %%dx, %0" : "=a"(v) : "d"((uint16_t)UL(port)));
}

void cpu_cli(void *unused)
{
	__asm__ volatile("cli");
}

static void ins(void *to)
{
	__asm__ volatile("insl" : : "D"(to), "d"(0x80) : "memory");
}

static void outs(void *from)
{
	__asm__ volatile("outsl" : : "S"(from), "d"(0x80) : "memory");
}

/* By FS: the PCI address latch shows what was read. */
static uint32_t outs_by_fs(const uint32_t *from)
{
	uint32_t v;

	hypercall(__HYPERVISOR_set_segment_base, SEGBASE_FS, UL(from) - 16, 0,
		  0);
	__asm__ volatile("outsl %%fs:(%%rsi), %%dx; in %%dx, %%eax"
			 : "=a"(v) : "S"(16), "d"(0xcf8) : "memory");
	hypercall(__HYPERVISOR_set_segment_base, SEGBASE_FS, 0, 0, 0);
	return v;
}

static long set_iopl(unsigned n)
{
	struct physdev_set_iopl s = { n };

	return hypercall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, UL(&s),
			 0, 0);
}

static long set_bitmap(void *map, unsigned ports)
{
	struct physdev_set_iobitmap b;

	memset(&b, 0, sizeof(b));
	set_xen_guest_handle(b.bitmap, map);
	b.nr_ports = ports;
	return hypercall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap,
			 UL(&b), 0, 0);
}

#define PORT(n) ((void *)(uint64_t)(n))

static void levels(void)
{
	ok(!set_iopl(0) && cpu_kernel(cpu_in, PORT(0x80)) == 13 &&
	   cpu_user(cpu_in, PORT(0x80)) == 13, "IOPL 0: no ports");
	ok(!set_iopl(1) && !cpu_kernel(cpu_in, PORT(0x80)) &&
	   !cpu_kernel(cpu_cli, NULL) && cpu_user(cpu_in, PORT(0x80)) == 13 &&
	   cpu_user(cpu_cli, NULL) == 13, "IOPL 1: the kernel's");
	ok(!set_iopl(3) && !cpu_user(cpu_in, PORT(0x80)) &&
	   !cpu_user(cpu_cli, NULL), "IOPL 3: everybody's");
	ok(set_iopl(4) < 0 && !set_iopl(0), "no IOPL 4");
}

static void nothing(void *unused)
{
}

static void architectural(void)
{
	ok(!hypercall(__HYPERVISOR_vm_assist, 0,
		      VMASST_TYPE_architectural_iopl, 0, 0) &&
	   !cpu_kernel(cpu_cli, NULL) && !cpu_kernel(cpu_in, PORT(0x80)) &&
	   cpu_user(cpu_cli, NULL) == 13, "a kernel in ring 0");
	cpu_user_flags = 0x3000;
	ok(!cpu_user(cpu_cli, NULL) && !cpu_user(cpu_in, PORT(0x80)),
	   "IRET sets IOPL");
	cpu_user_flags = 0;
	ok(!cpu_user(nothing, NULL) && cpu_user(cpu_in, PORT(0x80)) == 13,
	   "and takes it");
	hypercall(__HYPERVISOR_vm_assist, 1, VMASST_TYPE_architectural_iopl, 0,
		  0);
	ok(cpu_kernel(cpu_cli, NULL) == 13, "off again");
}

static void bitmap(void)
{
	uint8_t *map = pages(3);

	memset(map, 0xff, PAGE);
	map[0x80 / 8] = 0xfe;		/* port 0x80 */
	map[0x2f8 / 8 - 1] = 0x7f;	/* ports 0x2f7 and 0x2f8 */
	map[0x2f8 / 8] = 0xfe;
	ok(!set_bitmap(map, 0x400) && !cpu_user(cpu_in, PORT(0x80)) &&
	   !cpu_kernel(cpu_in, PORT(0x80)), "a port that the bitmap allows");
	ok(cpu_user(cpu_in, PORT(0x81)) == 13 &&
	   cpu_user(in_word, PORT(0x80)) == 13, "its neighbour");
	ok(!cpu_user(in_word, PORT(0x2f7)) &&
	   cpu_user(in_word, PORT(0x2f8)) == 13, "two in two bytes");
	ok(!set_bitmap(map, 0x80) && cpu_user(cpu_in, PORT(0x80)) == 13,
	   "a bitmap that ends before the port");
	map[PAGE] = 0;
	set_va(map + PAGE, 0);
	ok(!set_bitmap(map, 65536) && cpu_user(cpu_in, PORT(0x8000)) == 13 &&
	   !cpu_user(cpu_in, PORT(0x80)), "a bitmap that is not there");
	ok(set_bitmap(map, 65537) < 0, "no more ports than there are");
	ok(!set_bitmap(NULL, 0) && cpu_user(cpu_in, PORT(0x80)) == 13, "none");
	protect(map + PAGE, true);
}

static void strings(void)
{
	uint32_t *p = pages(1), word = 0x80001234;

	set_iopl(1);
	ok(!cpu_kernel(ins, p) && p[0] == 0xffffffff, "ins");
	protect(p, false);
	ok(cpu_kernel(ins, p) == 14 && fault_error == 3 &&
	   shared->vcpu_info[0].arch.cr2 == UL(p), "ins to a read-only page");
	set_va(p, 0);
	ok(cpu_kernel(ins, p) == 14 && fault_error == 2 &&
	   cpu_kernel(outs, p) == 14 && !fault_error &&
	   shared->vcpu_info[0].arch.cr2 == UL(p), "to no page, from none");
	protect(p, true);
	ok(outs_by_fs(&word) == word, "outs by a segment's base");
	set_iopl(0);
}

void cpu_ports(void)
{
	levels();
	architectural();
	bitmap();
	strings();
}
