/* Pure; names come from images. */
#include "tools/adopt/guestdev.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "loader/base/number.h"
#include "loader/disk/vdev.h"

bool guestdev_read(struct guestdev *d, const char *device)
{
	const char *name = strncmp(device, "/dev/", 5) ? device : device + 5;
	size_t letters = strcspn(name, "0123456789");
	uint64_t part = 0;

	if (!vdev_number(name) || letters >= sizeof(d->disk) ||
	    (name[letters] && number_whole(name + letters, UINT_MAX, &part)))
		return false;
	snprintf(d->disk, sizeof(d->disk), "%.*s", (int)letters, name);
	d->part = (unsigned)part;
	return true;
}

bool guestdev_root(const char *cmdline, char value[80])
{
	const char *root = NULL;

	for (const char *s = cmdline; (s = strstr(s, "root=")); s += 5)
		if (s == cmdline || s[-1] == ' ')
			root = s + 5;
	if (!root || strcspn(root, " ") >= 80)
		return false;
	snprintf(value, 80, "%.*s", (int)strcspn(root, " "), root);
	return true;
}
