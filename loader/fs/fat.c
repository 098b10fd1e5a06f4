#include "loader/fs/fs.h"

#include "loader/base/err.h"
#include "loader/fs/drivers.h"

static int fat_mount(struct fs *fs)
{
	return ERR_NOTMINE;
}

const struct fs_driver fat_driver = { .name = "fat", .mount = fat_mount };
