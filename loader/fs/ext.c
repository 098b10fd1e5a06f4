#include "loader/fs/fs.h"

#include "loader/base/err.h"
#include "loader/fs/drivers.h"

static int ext_mount(struct fs *fs)
{
	return ERR_NOTMINE;
}

const struct fs_driver ext_driver = { .name = "ext", .mount = ext_mount };
