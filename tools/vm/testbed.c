/*
 * twinboot xen-testbed: a script fetches Debian's packages of Xen, as any user,
 * and makes of them what QEMU starts.  It is kept in the user's cache.  The bed
 * carries the PV loader, so a sum beside it tells when that is another one.
 */
#include "tools/vm/testbed.h"

#include <errno.h>
#include <sha2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/commands.h"
#include "tools/image/disk/boot_install.h"
#include "tools/proc.h"
#include "tools/progress.h"
#include "tools/report.h"

#define LOADER "pvboot.elf.gz"
#define SUM "pvboot.sha256"

static char *join(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	return path;
}

/* Where it is kept by default, malloc'd; NULL: there is no home. */
static char *cache_dir(void)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (cache && cache[0] == '/')
		return join(cache, "twinboot/xen");
	return home && home[0] == '/' ? join(home, ".cache/twinboot/xen") :
	       NULL;
}

static char *installed(const char *name)
{
	static const struct recipe none;

	return boot_install_find(&none, name);
}

char *testbed_find(const char *name)
{
	char *dir, *path, *beside = join("../xen", name);

	path = installed(beside);
	free(beside);
	if (path)
		return path;
	dir = cache_dir();
	path = dir ? join(dir, name) : NULL;
	free(dir);
	if (path && !access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

/* The sum of the PV loader at hand; "" when there is none. */
static void loader_sum(char hex[SHA256_DIGEST_STRING_LENGTH])
{
	char *loader = installed(LOADER);

	if (!loader || !SHA256File(loader, hex))
		hex[0] = 0;
	free(loader);
}

/*
 * Whether the bed in DIR has another PV loader than we; without a sum it has
 * ours, and so it has where we have none.
 */
static bool is_old(const char *dir)
{
	char hex[SHA256_DIGEST_STRING_LENGTH], has[sizeof(hex)] = "";
	char *path = join(dir, SUM);
	FILE *f = fopen(path, "re");
	bool read = f && fgets(has, sizeof(has), f);

	loader_sum(hex);
	if (f)
		fclose(f);
	free(path);
	return read && hex[0] && strcmp(has, hex) != 0;
}

const char *testbed_missing(void)
{
	static char why[4096];
	char *guest = testbed_find("guest.initrd");

	why[0] = 0;
	if (!guest)
		return "there is no Xen test bed (twinboot xen-testbed makes "
		       "it)";
	*strrchr(guest, '/') = 0;
	if (is_old(guest))
		snprintf(why, sizeof(why), "the Xen test bed has another PV "
			 "loader (twinboot xen-testbed --dir '%s' renews it)",
			 guest);
	free(guest);
	return why[0] ? why : NULL;
}

static int make_dir(const char *dir)
{
	char *path = strdup(dir), *at = path;
	int err = 0;

	while (path && !err && (at = strchr(at + 1, '/'))) {
		*at = 0;
		err = mkdir(path, 0777) && errno != EEXIST;
		*at = '/';
	}
	free(path);
	if (err || (mkdir(dir, 0777) && errno != EEXIST))
		return report_errno("%s", dir);
	return 0;
}

static bool is_built(const char *dir)
{
	static const char *const names[] = { "xen", "vmlinux", "initrd" };
	bool all = true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = join(dir, names[i]);

		all &= !access(path, R_OK);
		free(path);
	}
	return all;
}

/* The sum goes last: without it the bed is not taken for one of ours. */
static int note_loader(const char *dir)
{
	char hex[SHA256_DIGEST_STRING_LENGTH], *path = join(dir, SUM);
	FILE *f = fopen(path, "we");
	int err = 0;

	loader_sum(hex);
	if (!f || fputs(hex, f) < 0)
		err = report_errno("%s", path);
	if (f && fclose(f))
		err = report_errno("%s", path);
	free(path);
	return err;
}

struct given {
	const char *dir;
	bool renew;
};

static int make_bed(const struct given *g, const char *dir)
{
	char *script = installed("xen-testbed"), *loader = installed(LOADER);
	char *guest = join(dir, "guest.initrd");
	const char *build[] = { "bash", script, "build", dir, NULL };
	const char *put[] = { "bash", script, "guest", dir, loader, guest,
			      NULL };
	char what[4400];
	int err = 0;

	snprintf(what, sizeof(what), "%s: no Xen test bed can be made there",
		 dir);
	if (!script || !loader)
		err = report_error("%s: not found; install the package "
				   "twinboot-boot", script ? LOADER :
				   "xen-testbed");
	if (!err && (!proc_has("apt-get") || !proc_has("cpio") ||
		     !proc_has("xz") || make_dir(dir)))
		err = -1;
	if (!err && (g->renew || !is_built(dir))) {
		progress_say("fetching Debian's Xen", 0, 0);
		err = proc_run(what, build, NULL);
	}
	if (!err)
		err = proc_run(what, put, NULL);
	progress_say("", 0, 0);
	if (!err)
		err = note_loader(dir);
	if (!err)
		puts(dir);
	free(guest);
	free(loader);
	free(script);
	return err;
}

#define AT(member) offsetof(struct given, member)

static const struct options_row rows[] = {
	{ "dir", 'd', "DIR", "where it is made; only what lies in "
	  "~/.cache/twinboot/xen is found by itself", OPTIONS_FILE, AT(dir) },
	{ "renew", 0, NULL, "fetch the packages again", OPTIONS_FLAG,
	  AT(renew) },
};

static const struct options_example examples[] = {
	{ "Boot an image under genuine Xen:",
	  "twinboot xen-testbed && twinboot run disk.img --path xen" },
	{ NULL, NULL },
};

static const struct options options = {
	.usage = "[OPTION...]",
	.about = "Make what `twinboot run --path xen' starts: Debian's Xen and "
		 "a dom0 of one\nguest, from Debian's packages, which apt "
		 "fetches and nobody installs.  Ends 0\nwith the directory "
		 "on stdout.",
	.row = rows, .n = sizeof(rows) / sizeof(rows[0]),
	.example = examples,
};

static int testbed_run(int argc, char **argv)
{
	struct given g = { 0 };
	struct options_rest rest;
	int err = options_parse(&options, &g, argc, argv, &rest);
	char *dir;

	if (err)
		return err > 0 ? 0 : 2;
	dir = g.dir ? strdup(g.dir) : cache_dir();
	if (!dir)
		err = report_error("HOME is not set: give --dir");
	else
		err = make_bed(&g, dir);
	free(dir);
	return err ? 1 : 0;
}

const struct command xen_testbed_command = {
	"xen-testbed", "make what `run --path xen` starts", &options,
	testbed_run,
};
