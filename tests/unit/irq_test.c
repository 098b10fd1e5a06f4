/*
 * Interrupts: which way a line or a PCI function gets, and lines that cry
 * without end: the other devices of theirs are asked from then on.
 */
#include "tests/unit/unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "pvboot/hv/machine/clock/time.h"
#include "pvboot/hv/machine/clock/timer.h"
#include "pvboot/hv/machine/console/log.h"
#include "pvboot/hv/machine/interrupt/apic.h"
#include "pvboot/hv/machine/interrupt/ioapic.h"
#include "pvboot/hv/machine/interrupt/irq.h"
#include "pvboot/hv/machine/interrupt/msi.h"
#include "pvboot/hv/machine/interrupt/pic.h"
#include "pvboot/hv/machine/pci.h"
#include "pvboot/hv/machine/smp.h"

static bool has_pic;
static unsigned pic_open, pic_eois, apic_eois, pins, masked, pci_line;
static struct route {
	unsigned line, flags, vector, id;
} routed;
static enum msi message;
static unsigned message_vector;
static char said[400];
static struct timer *timer;

/* ---- the machine ---- */

unsigned smp_count = 1;

bool pic_init(unsigned vector)
{
	assert_int_equal(vector, VEC_IRQ);
	return has_pic;
}

void pic_mask(unsigned line, bool on)
{
	pic_open = on ? pic_open & ~(1u << line) : pic_open | 1u << line;
}

bool pic_spurious(unsigned line)
{
	return line == 7;
}

void pic_eoi(unsigned line)
{
	pic_eois++;
}

void apic_init(void)
{
}

uint32_t apic_id(void)
{
	return 5;
}

void apic_eoi(void)
{
	apic_eois++;
}

void ioapic_init(void)
{
}

/* Line 0 is pin 2, as always. */
unsigned ioapic_isa(unsigned irq, uint16_t *flags)
{
	return irq ? irq : 2;
}

bool ioapic_route(unsigned line, uint16_t flags, unsigned vector, uint8_t id)
{
	routed = (struct route){ line, flags, vector, id };
	return line < pins;
}

void ioapic_mask(unsigned line)
{
	masked = line;
}

enum msi msi_enable(const struct pci_dev *p, unsigned vector, uint8_t id)
{
	message_vector = vector;
	return message;
}

unsigned pci_irq(const struct pci_dev *p)
{
	return pci_line;
}

uint64_t time_now(void)
{
	return 0;
}

void timer_set(struct timer *t, uint64_t deadline)
{
	timer = t;
}

void timer_interrupt(void)
{
}

void hv_log(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(said, sizeof(said), format, ap);
	va_end(ap);
}

void panic(const char *format, ...)
{
	assert_null(format);
	abort();
}

/* ---- devices ---- */

static bool claims;

static bool count(void *arg)
{
	++*(unsigned *)arg;
	return claims;
}

static void come(unsigned vector, unsigned times)
{
	while (times--)
		irq_arrived(vector);
}

/* In one program: what is registered stays. */
static void pic_lines(void **state)
{
	static unsigned a, b;
	struct pci_dev p = { .address = 0x1800 };

	has_pic = true;
	irq_init();
	irq_register(4, IRQ_ISA, count, &a);
	assert_int_equal(pic_open, 1 << 4);
	claims = true;
	come(VEC_IRQ + 4, 3000);
	assert_int_equal(a, 3000);
	assert_int_equal(pic_eois, 3000);
	assert_string_equal(said, "");
	/* A PCI function that sends no messages shares line 4. */
	pci_line = 4;
	assert_int_equal(irq_register_pci(&p, count, &b), IRQ_LINE);
	claims = false;
	come(VEC_IRQ + 4, 999);
	claims = true;
	come(VEC_IRQ + 4, 1);		/* one of them was ours */
	claims = false;
	come(VEC_IRQ + 4, 999);
	assert_int_equal(pic_open, 1 << 4);
	assert_string_equal(said, "");
	come(VEC_IRQ + 4, 1);
	assert_int_equal(pic_open, 0);
	assert_string_equal(said, "interrupt line 4: 1000 interrupts that "
			    "nobody claims: masked, its devices are asked "
			    "every millisecond");
	assert_int_equal(b, 2000);
	timer->fn(timer);
	assert_int_equal(b, 2001);
	assert_int_equal(a, 5001);
	/* "Nobody in particular" is nobody's. */
	pic_eois = 0;
	come(VEC_IRQ + 7, 1);
	assert_int_equal(pic_eois, 0);
}

static void messages(void **state)
{
	static unsigned a, b;
	struct pci_dev p = { .address = 0x1800 };

	claims = false;
	message = MSI_X;
	said[0] = 0;
	assert_int_equal(irq_register_pci(&p, count, &a), IRQ_MSIX);
	message = MSI_ONE;
	come(message_vector, 5000);
	assert_int_equal(a, 5000);
	assert_int_equal(irq_register_pci(&p, count, &b), IRQ_MSI);
	apic_eois = 0;
	come(message_vector, 1);
	assert_int_equal(a, 5000);
	assert_int_equal(b, 1);
	assert_int_equal(apic_eois, 1);
	assert_string_equal(said, "");
	message = MSI_NONE;
}

/* Above the 8259s', and all of them where there are none. */
static void ioapic_lines(void **state)
{
	static unsigned a, b, c;
	struct pci_dev p = { .mmio = 0xfeb00000, .line = 23 };
	unsigned vector;

	pins = 24;
	assert_int_equal(irq_register_pci(&p, count, &a), IRQ_LINE);
	assert_int_equal(routed.line, 23);
	assert_int_equal(routed.flags, MADT_LEVEL);
	assert_int_equal(routed.id, 5);
	vector = routed.vector;
	assert_true(vector >= VEC_LINE && vector < VEC_MSI);
	has_pic = false;
	irq_init();
	irq_register(0, IRQ_ISA, count, &b);
	assert_int_equal(routed.line, 2);
	assert_int_equal(routed.flags, 0);
	assert_int_not_equal(routed.vector, vector);
	irq_register(9, IRQ_SCI, count, &c);
	assert_int_equal(routed.flags, MADT_LEVEL | MADT_LOW);
	apic_eois = pic_eois = 0;
	claims = true;
	come(vector, 1);
	assert_int_equal(a, 1);
	assert_int_equal(apic_eois, 1);
	assert_int_equal(pic_eois, 0);
	assert_int_equal(b + c, 0);
	claims = false;
	come(vector, 1000);
	assert_int_equal(masked, 23);
	assert_non_null(strstr(said, "interrupt line 23: "));
	assert_int_equal(b + c, 0);
}

static void no_way(void **state)
{
	static unsigned a, b;
	struct pci_dev p = { .address = 0x1800 };

	has_pic = false;
	irq_init();
	pci_line = 11;
	assert_int_equal(irq_register_pci(&p, count, &a), IRQ_ASKED);
	assert_string_equal(said, "pci 18: no way for its interrupts, it is "
			    "asked every millisecond");
	irq_register(24, IRQ_ISA, count, &b);
	assert_non_null(strstr(said, "interrupt line 24: no way to it"));
	timer->fn(timer);
	assert_int_equal(a, 1);
	assert_int_equal(b, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pic_lines),
		cmocka_unit_test(messages),
		cmocka_unit_test(ioapic_lines),
		cmocka_unit_test(no_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
