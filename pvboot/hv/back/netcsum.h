/* Checksums that a guest leaves to us.  Pure. */
#ifndef PVBOOT_HV_BACK_NETCSUM_H
#define PVBOOT_HV_BACK_NETCSUM_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Fill in the TCP or UDP checksum of the Ethernet frame of LEN bytes.  false:
 * it is no whole TCP or UDP packet of IPv4 or IPv6.
 */
bool netcsum_fill(uint8_t *frame, uint32_t len);

#endif
