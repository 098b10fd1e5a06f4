/*
 * The machine's date and time: the MC146818's registers, by ports 0x70 and
 * 0x71.
 */
#include "pvboot/hv/machine/clock/rtc.h"

#include <stdbool.h>

#include "pvboot/hv/machine/cpu.h"

static uint8_t cmos(uint8_t reg)
{
	outb(0x70, reg);
	return inb(0x71);
}

static unsigned cmos_number(uint8_t reg, bool binary)
{
	unsigned v = cmos(reg);

	return binary ? v : (v >> 4) * 10 + (v & 15);
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar. */
static uint64_t days(unsigned y, unsigned m, unsigned d)
{
	static const uint16_t before[12] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334
	};
	uint64_t n = (uint64_t)y * 365 + (y + 3) / 4 - (y + 99) / 100 +
		(y + 399) / 400;

	n += before[(m - 1) % 12] + d - 1;
	if (m > 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)))
		n++;
	return n - 719528;
}

uint8_t rtc_second(void)
{
	return cmos(0);
}

uint64_t rtc_read(void)
{
	bool binary = cmos(0x0b) & 4;
	unsigned i, s, min, h, day, mon, y;

	if (cmos(0x0b) == 0xff)
		return 0;
	for (i = 0; i < 100000 && cmos(0x0a) & 0x80; i++)
		;	/* an update runs */
	s = cmos_number(0, binary);
	min = cmos_number(2, binary);
	h = cmos_number(4, binary);
	day = cmos_number(7, binary);
	mon = cmos_number(8, binary);
	y = cmos_number(9, binary);
	y += y < 70 ? 2000 : 1900;
	return days(y, mon, day) * 86400 + h * 3600 + min * 60 + s;
}
