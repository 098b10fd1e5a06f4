/*
 * What a Multiboot kernel wants to hear of the BIOS.  Asked only then: every
 * question is a call into the firmware.  In stage 2's second part.
 */
#include <string.h>

#include "loader/bios_facts.h"
#include "mbr/bios/bios.h"

#define APM_32BIT 2		/* of the flags: there is a 32-bit interface */
#define APM_SIGNATURE 0x504d	/* "PM" */

static struct bios_facts facts;

/* INT 13h AH=08h; old, but what the drive structure has fields for. */
static void ask_geometry(unsigned n, uint8_t drive)
{
	struct bios_regs r = { .eax = 0x800, .edx = drive };

	facts.drive[n].number = drive;
	bios_int(0x13, &r);
	if (r.flags & BIOS_CARRY)
		return;
	facts.drive[n].cylinders = (uint16_t)((r.ecx >> 8 & 0xff) +
					      ((r.ecx & 0xc0) << 2) + 1);
	facts.drive[n].heads = (uint8_t)((r.edx >> 8 & 0xff) + 1);
	facts.drive[n].sectors = r.ecx & 0x3f;
}

/* INT 15h AH=C0h: the table is at ES:BX. */
static void ask_config(void)
{
	struct bios_regs r = { .eax = 0xc000 };

	bios_int(0x15, &r);
	if (!(r.flags & BIOS_CARRY) && !(r.eax & 0xff00))
		facts.config_table = r.es * 16u + (uint16_t)r.ebx;
}

static bool apm_call(uint16_t function, struct bios_regs *r)
{
	*r = (struct bios_regs){ .eax = 0x5300u | function };
	bios_int(0x15, r);
	return !(r->flags & BIOS_CARRY);
}

/* APM BIOS Interface 1.2, 4.6: is it there, and connect in 32-bit mode. */
static void ask_apm(void)
{
	struct multiboot_apm *apm = &facts.apm;
	struct bios_regs r;

	if (!apm_call(0, &r) || (uint16_t)r.ebx != APM_SIGNATURE ||
	    !(r.ecx & APM_32BIT))
		return;
	apm_call(4, &r);		/* whoever was connected is not now */
	if (!apm_call(3, &r))
		return;
	*apm = (struct multiboot_apm){ .cseg = (uint16_t)r.eax,
		.offset = r.ebx, .cseg_16 = (uint16_t)r.ecx,
		.dseg = (uint16_t)r.edx, .cseg_len = (uint16_t)r.esi,
		.cseg_16_len = (uint16_t)(r.esi >> 16),
		.dseg_len = (uint16_t)r.edi };
	/* The flags may be others once it is connected. */
	if (!apm_call(0, &r) || !(r.ecx & APM_32BIT)) {
		apm_call(4, &r);
		return;
	}
	apm->version = (uint16_t)r.eax;
	apm->flags = (uint16_t)r.ecx;
}

const struct bios_facts *bios_facts_ask(void)
{
	facts = (struct bios_facts){ 0 };
	for (unsigned i = 0; bios_drive(i, &facts.drive[i].number); i++)
		facts.n_drives = i + 1;
	for (unsigned i = 0; i < facts.n_drives; i++)
		ask_geometry(i, facts.drive[i].number);
	ask_config();
	ask_apm();
	return &facts;
}
