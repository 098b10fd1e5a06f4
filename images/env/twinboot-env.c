/*
 * twinboot-env, for a system that Twinboot has started: what is kept from boot
 * to boot, above all that this start was a good one.  The disk is written to
 * beside its file systems, whose blocks nobody moves here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "tools/host/boot/envdisk.h"

static struct envdisk e;

static int complain(const char *what, const char *why)
{
	fprintf(stderr, "twinboot-env: %s: %s\n", what, why);
	return 1;
}

static int usage(FILE *out)
{
	fputs("usage: twinboot-env [-d DISK] COMMAND\n\n"
	      "  good               the entry that was started last is good: "
	      "its starts are\n"
	      "                     not counted any more\n"
	      "  once N             start entry N next time (`default saved')\n"
	      "  get [NAME]         what is kept\n"
	      "  set NAME=VALUE...  keep it; NAME= removes it\n\n"
	      "DISK is a block device or an image; without -d the disk that "
	      "/boot lies on.\n", out);
	return out == stdout ? 0 : 2;
}

/* "/dev/NAME" of the disk that /boot is on: partitions are in its directory. */
static int find_disk(char *name, size_t size)
{
	char path[64], real[4096], *slash;
	struct stat st;

	if (stat("/boot", &st))
		return complain("/boot", strerror(errno));
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major(st.st_dev),
		 minor(st.st_dev));
	if (!realpath(path, real))
		return complain("/boot", "not on a disk: say which with -d");
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/partition",
		 major(st.st_dev), minor(st.st_dev));
	slash = strrchr(real, '/');
	if (!access(path, F_OK)) {
		*slash = 0;
		slash = strrchr(real, '/');
	}
	snprintf(name, size, "/dev/%s", slash + 1);
	return 0;
}

/* The entry that was started last: "left-XXXXXXXX=good". */
static int mark_good(void)
{
	char last[ENV_VALUE], name[ENV_VALUE + 8];

	if (!env_get(&e.s.env, "last", last))
		return fail(ERR_ARGUMENT, "no entry on trial was started");
	snprintf(name, sizeof(name), "left-%s", last);
	return env_set(&e.s.env, name, "good");
}

static int change(char **arg, int n)
{
	int err = 0;

	if (!strcmp(arg[0], "good"))
		err = mark_good();
	else if (!strcmp(arg[0], "once"))
		err = env_set(&e.s.env, "once", arg[1]);
	else
		for (int i = 1; i < n && !err; i++)
			err = envdisk_set(&e, arg[i]);
	return err ? err : envstore_save(&e.s);
}

static int get(char **arg, int n)
{
	char value[ENV_VALUE];

	if (n < 2)
		return fputs(e.s.env.text, stdout) < 0;
	if (!env_get(&e.s.env, arg[1], value))
		return complain(arg[1], "nothing of that name is kept");
	return puts(value) < 0;
}

static int work(const char *disk, char **arg, int n)
{
	bool reads = !strcmp(arg[0], "get");
	int fd = open(disk, (reads ? O_RDONLY : O_RDWR) | O_CLOEXEC), err;

	if (fd < 0)
		return complain(disk, strerror(errno));
	err = envdisk_open(&e, fd, disk, reads ? ENVDISK_READ : ENVDISK_MAKE);
	if (!err && reads)
		return get(arg, n);
	if (!err)
		err = change(arg, n);
	return err ? complain(disk, err_text()) : 0;
}

static bool is_command(char **arg, int n)
{
	static const struct {
		const char *name;
		int min, max;
	} all[] = { { "good", 1, 1 }, { "once", 2, 2 }, { "get", 1, 2 },
		    { "set", 2, 64 } };

	for (size_t i = 0; n && i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(arg[0], all[i].name))
			return n >= all[i].min && n <= all[i].max;
	return false;
}

int main(int argc, char **argv)
{
	char disk[4096] = "";
	char **arg = argv + 1;
	int n = argc - 1;

	if (n && (!strcmp(arg[0], "-h") || !strcmp(arg[0], "--help")))
		return usage(stdout);
	if (n > 1 && !strcmp(arg[0], "-d")) {
		snprintf(disk, sizeof(disk), "%s", arg[1]);
		arg += 2;
		n -= 2;
	}
	if (!is_command(arg, n))
		return usage(stderr);
	if (!disk[0] && find_disk(disk, sizeof(disk)))
		return 1;
	return work(disk, arg, n);
}
