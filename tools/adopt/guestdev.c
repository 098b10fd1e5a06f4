/* Pure; names come from images. */
#include "tools/adopt/guestdev.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/disk/vdev.h"

bool guestdev_read(struct guestdev *d, const char *device)
{
	const char *name = strncmp(device, "/dev/", 5) ? device : device + 5;
	size_t letters = strcspn(name, "0123456789");

	if (!vdev_number(name) || letters >= sizeof(d->disk))
		return false;
	snprintf(d->disk, sizeof(d->disk), "%.*s", (int)letters, name);
	d->part = name[letters] ? (unsigned)atoi(name + letters) : 0;
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
