/* Which drive a boot sector finds under which number. */
#include "menu/drives.h"

#include "loader/base/err.h"

/* The hard disk that *ARGS begins with, for `map'. */
static int map_drive(const struct runner *r, const char **args, uint8_t *drive)
{
	struct device dev;
	const char *word = *args;
	int err = *word == '(' ? device_parse(args, r->root, &dev) :
		  ERR_ARGUMENT;

	if (!err && (dev.disk >= DRIVES || dev.part >= 0))
		err = ERR_NO_DISK;
	if (err)
		return fail(err, "map %.32s", word);
	*args = lst_next_word(*args);
	*drive = (uint8_t)dev.disk;
	return 0;
}

int drives_map(struct runner *r, const char *args)
{
	struct boot_entry *e = r->entry;
	struct drive_map map;
	unsigned i = 0;
	int err;

	if ((err = map_drive(r, &args, &map.to)) ||
	    (err = map_drive(r, &args, &map.from)))
		return err;
	while (i < e->n_maps && e->map[i].from != map.from)
		i++;
	if (map.to == map.from) {
		if (i < e->n_maps)
			e->map[i] = e->map[--e->n_maps];
		return 0;
	}
	if (i == DRIVE_MAPS)
		return fail(ERR_NO_MEMORY, "map: more than %d", DRIVE_MAPS);
	e->map[i] = map;
	e->n_maps += i == e->n_maps;
	return 0;
}
