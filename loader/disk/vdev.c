/*
 * Names of virtual disks and their numbers: 202 << 8 for xvd, and the old
 * majors of Linux for sd and hd.
 */
#include "loader/disk/vdev.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "loader/base/number.h"

#define PARTS_MAX 255	/* of the extended numbers */

unsigned vdev_number(const char *name)
{
	static const struct {
		char prefix[4];
		unsigned major, shift, disks;
	} kind[] = {
		{ "xvd", 202, 4, 16 }, { "sd", 8, 4, 16 }, { "hd", 3, 6, 2 },
	};
	unsigned i = 0, disk;
	uint64_t part = 0;
	const char *s;

	while (i < 3 && strncmp(name, kind[i].prefix, strlen(kind[i].prefix)))
		i++;
	if (i == 3)
		return 0;
	s = name + strlen(kind[i].prefix);
	if (*s < 'a' || *s > 'z')
		return 0;
	disk = (unsigned)(*s++ - 'a');
	if (*s && (*s == '0' || number_whole(s, PARTS_MAX, &part)))
		return 0;
	if (disk < kind[i].disks && part < 1u << kind[i].shift)
		return kind[i].major << 8 | disk << kind[i].shift |
			(unsigned)part;
	/* Only xvd has the extended numbers. */
	return i ? 0 : 1u << 28 | disk << 8 | (unsigned)part;
}
