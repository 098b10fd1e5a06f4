/* The machine's date and time. */
#ifndef PVBOOT_HV_MACHINE_CLOCK_RTC_H
#define PVBOOT_HV_MACHINE_CLOCK_RTC_H

#include <stdint.h>

/* Seconds since 1970, taking the RTC's time for UTC; 0: there is no RTC. */
uint64_t rtc_read(void);
/* Its register of seconds, which only tells that one has begun. */
uint8_t rtc_second(void);

#endif
