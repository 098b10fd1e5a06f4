/*
 * The Fixed ACPI Description Table (ACPI 6.5, 5.2.9).  It is firmware's: what
 * is not a port, or does not fit, counts as not there.
 */
#include "pvboot/hv/machine/acpi/fadt.h"

#include <string.h>

#define FLAG_POWER_BUTTON	(1U << 4)	/* it is a device */
#define FLAG_TIMER_32		(1U << 8)
#define FLAG_HW_REDUCED		(1U << 20)
#define BOOT_NO_RTC		(1U << 5)
#define SPACE_MEMORY		0
#define SPACE_IO		1
#define SLEEP_CONTROL		244

/*
 * A block of BYTES at the port in the old field OLD, or in the generic address
 * X behind it (5.2.3.2) when the table has one and OLD is 0.
 */
static uint16_t port(struct span *t, unsigned old, unsigned x, unsigned bytes)
{
	uint64_t at = span_u32(t, old);

	if (!at && t->len >= x + 12U && span_u8(t, x) == SPACE_IO)
		at = span_u64(t, x + 4);
	return at && bytes && at <= 0x10000 - bytes ? (uint16_t)at : 0;
}

static void read_events(struct span *t, struct fadt *f)
{
	static const uint8_t old[2] = { 56, 60 }, x[2] = { 148, 160 };
	unsigned len = span_u8(t, 88);

	if (len < 4)
		return;
	for (unsigned i = 0; i < 2; i++) {
		f->status[i] = port(t, old[i], x[i], len);
		if (f->status[i])
			f->enable[i] = (uint16_t)(f->status[i] + len / 2);
	}
}

static void read_general(struct span *t, struct fadt *f)
{
	static const uint8_t old[2] = { 80, 84 }, x[2] = { 220, 232 };

	for (unsigned i = 0; i < 2; i++) {
		unsigned len = span_u8(t, 92 + i);
		uint16_t at = port(t, old[i], x[i], len);

		if (!at || len < 2)
			continue;
		f->gpe_enable[i] = (uint16_t)(at + len / 2);
		f->gpe_bytes[i] = (uint8_t)(len / 2);
	}
}

bool fadt_read(struct span t, struct fadt *f)
{
	uint32_t flags = t.len >= 116 ? span_u32(&t, 112) : 0, smi;

	memset(f, 0, sizeof(*f));
	if (t.len < 116 || flags & FLAG_HW_REDUCED)
		return false;
	f->dsdt = span_u32(&t, 40);
	f->sci = span_u16(&t, 46);
	smi = span_u32(&t, 48);
	f->smi_port = smi < 0x10000 ? (uint16_t)smi : 0;
	f->acpi_on = span_u8(&t, 52);
	f->control[0] = port(&t, 64, 172, span_u8(&t, 89));
	f->control[1] = port(&t, 68, 184, span_u8(&t, 89));
	f->timer = port(&t, 76, 208, span_u8(&t, 91) == 4 ? 4 : 0);
	f->timer_32 = flags & FLAG_TIMER_32;
	f->power_button = !(flags & FLAG_POWER_BUTTON);
	f->rtc_missing = span_u16(&t, 109) & BOOT_NO_RTC;
	read_events(&t, f);
	read_general(&t, f);
	return true;
}

bool fadt_read_sleep(struct span t, struct fadt_sleep *s)
{
	uint32_t flags = span_u32(&t, 112);
	uint8_t space = span_u8(&t, SLEEP_CONTROL);

	s->dsdt = span_u32(&t, 40);
	s->at = span_u64(&t, SLEEP_CONTROL + 4);
	s->io = space == SPACE_IO;
	return !t.bad && flags & FLAG_HW_REDUCED && s->at &&
	       (space == SPACE_MEMORY ? s->at < 1ULL << 40 :
		s->io && s->at < 0x10000);
}
