/*
 * twinboot inspect: what is on an image, and what each boot path would do,
 * found out by letting the loader do it (hostboot.c).
 */
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "loader/disk/part.h"
#include "loader/fs/fs.h"
#include "tools/host/bootcode.h"
#include "tools/commands.h"
#include "tools/host/hostboot.h"
#include "tools/host/hostdisk.h"
#include "tools/option_value.h"
#include "tools/report.h"

static enum carried bios_there(struct blk *d, const struct part_list *parts,
			       char why[128])
{
	return bootcode_bios(d, why);
}

static enum carried uefi_there(struct blk *d, const struct part_list *parts,
			       char why[128])
{
	return bootcode_uefi(d, parts, why, NULL);
}

/* Nothing of ours is on the disk: the domain brings its loader. */
static enum carried pv_there(struct blk *d, const struct part_list *parts,
			     char why[128])
{
	return CARRIED_OURS;
}

static const struct {
	const char *name;
	const struct hostboot_path *how;
	enum carried (*there)(struct blk *d, const struct part_list *parts,
			      char why[128]);
} paths[] = {
	{ "bios", &hostboot_bios, bios_there },
	{ "uefi", &hostboot_uefi, uefi_there },
	{ "pv", &hostboot_pv, pv_there },
};

/* The command line. */
struct asked {
	const char *only;	/* paths, or NULL */
	bool json, verbose;
	unsigned mem_mb;
};

static const char *const tables[] = {
	[PART_NONE] = "none", [PART_MBR] = "mbr", [PART_GPT] = "gpt",
};

static json_t *describe_fs(struct blk *b)
{
	static uint8_t room[1 << 20];
	struct arena arena = { room, sizeof(room), 0 };
	struct fs fs;
	json_t *j;

	if (fs_mount(&fs, b, &arena)) {
		err_clear();
		return json_null();
	}
	j = json_pack("{ss ss* ss*}", "type", fs.driver->name, "label",
		      fs.label, "uuid", fs.uuid);
	if (!j)
		j = json_pack("{ss}", "type", fs.driver->name);
	if (fs.bytes > blk_bytes(b))
		json_object_set_new(j, "cut", json_sprintf(
			"it has %" PRIu64 " bytes, but only %" PRIu64 " are "
			"there", fs.bytes, blk_bytes(b)));
	return j;
}

static json_t *describe_partitions(struct blk *disk,
				   const struct part_list *parts)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < parts->n; i++) {
		const struct part *p = &parts->part[i];
		struct part_blk b;
		char name[24];
		json_t *j;

		err_clear();
		snprintf(name, sizeof(name), "%s,%u", disk->name, p->number);
		j = json_pack("{ss sI sI}", "name", name, "first",
			      (json_int_t)p->first, "sectors",
			      (json_int_t)p->count);
		if (part_open(disk, parts, p->number, &b))
			json_object_set_new(j, "error",
					    json_string(err_text()));
		else
			json_object_set_new(j, "fs", describe_fs(&b.blk));
		json_array_append_new(list, j);
	}
	err_clear();
	return list;
}

/* One path as an object with "status": ok, fails, not there, foreign. */
static json_t *describe_path(unsigned i, struct blk *disk,
			     const struct part_list *parts,
			     const struct asked *o)
{
	static struct hostboot hb;
	char why[128] = "";
	enum carried c = paths[i].there(disk, parts, why);
	json_t *j = json_pack("{ss}", "path", paths[i].name);

	if (c == CARRIED_NOT || c == CARRIED_BROKEN || c == CARRIED_FOREIGN) {
		json_object_set_new(j, "status", json_string(
			c == CARRIED_NOT ? "not there" :
			c == CARRIED_BROKEN ? "fails" : "foreign"));
		json_object_set_new(j, "why", json_string(why));
		return j;
	}
	hb = (struct hostboot){ .mem_mb = o->mem_mb };
	hostboot_run(&hb, disk, paths[i].how);
	json_object_set_new(j, "status", json_string(hb.ok ? "ok" : "fails"));
	if (hb.remark[0])
		json_object_set_new(j, "remark", json_string(hb.remark));
	if (hb.ok)
		json_object_set(j, "starts", hb.handover);
	else
		json_object_set_new(j, "why", json_string(hb.why));
	if (o->verbose)
		json_object_set_new(j, "console", json_string(hb.console));
	hostboot_release(&hb);
	return j;
}

static const char *get(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

static void print_fs(const char *name, const json_t *fs)
{
	printf("%-10s %s", name, json_is_null(fs) ? "no file system that we "
	       "read" : get(fs, "type"));
	if (get(fs, "label")[0])
		printf("  label %s", get(fs, "label"));
	if (get(fs, "uuid")[0])
		printf("  uuid %s", get(fs, "uuid"));
	if (get(fs, "cut")[0])
		printf("  cut: %s", get(fs, "cut"));
	putchar('\n');
}

static void print_path(const json_t *j)
{
	const json_t *ho = json_object_get(j, "starts");
	json_t *piece;
	size_t i;

	printf("\n%s: %s%s%s\n", get(j, "path"), get(j, "status"),
	       get(j, "why")[0] ? ": " : "", get(j, "why"));
	if (get(j, "remark")[0])
		printf("  (%s)\n", get(j, "remark"));
	if (get(j, "console")[0])
		printf("%s", get(j, "console"));
	if (!ho)
		return;
	printf("  format    %s, entered as %s (%s)\n", get(ho, "format"),
	       get(ho, "entry"), get(ho, "mode"));
	printf("  cmdline   %s\n", get(ho, "cmdline"));
	json_array_foreach(json_object_get(ho, "pieces"), i, piece)
		printf("  %-12s %10lld bytes at %#llx\n", get(piece, "what"),
		       json_integer_value(json_object_get(piece, "size")),
		       json_integer_value(json_object_get(piece, "address")));
}

static void print_text(const json_t *j)
{
	json_t *one;
	size_t i;

	printf("table      %s, sectors of %lld bytes\n", get(j, "table"),
	       json_integer_value(json_object_get(j, "sector")));
	if (get(j, "error")[0])
		printf("           %s\n", get(j, "error"));
	if (get(j, "remark")[0])
		printf("           %s\n", get(j, "remark"));
	if (json_object_get(j, "fs"))
		print_fs("(hd0)", json_object_get(j, "fs"));
	json_array_foreach(json_object_get(j, "partitions"), i, one) {
		char name[24];

		snprintf(name, sizeof(name), "(%s)", get(one, "name"));
		if (get(one, "error")[0])
			printf("%-10s %s\n", name, get(one, "error"));
		else
			print_fs(name, json_object_get(one, "fs"));
	}
	json_array_foreach(json_object_get(j, "paths"), i, one)
		print_path(one);
	printf("\n(on a machine with %lld MiB of memory)\n",
	       json_integer_value(json_object_get(j, "mem_mb")));
}

static json_t *inspect_disk(struct blk *disk, const struct asked *o, bool *bad)
{
	static struct part_list parts;
	json_t *list = json_array(), *error, *j;
	int err;

	err_clear();
	err = part_read(disk, &parts);
	error = err ? json_string(err_text()) : NULL;
	j = json_pack("{ss si so si}", "table", tables[parts.table], "sector",
		      (int)disk->sector, "partitions",
		      describe_partitions(disk, &parts), "mem_mb",
		      (int)o->mem_mb);
	if (error)
		json_object_set_new(j, "error", error);
	if (parts.remark[0])
		json_object_set_new(j, "remark", json_string(parts.remark));
	else if (parts.from_backup)
		json_object_set_new(j, "remark", json_string("the first GPT is "
				    "broken: read from its copy"));
	err_clear();
	if (parts.table == PART_NONE)
		json_object_set_new(j, "fs", describe_fs(disk));
	*bad = err;
	for (unsigned i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		json_t *p;

		if (o->only && !strstr(o->only, paths[i].name))
			continue;
		p = describe_path(i, disk, &parts, o);
		/* A path that was asked for must be there. */
		*bad |= !strcmp(get(p, "status"), "fails") ||
			(o->only && !strcmp(get(p, "status"), "not there"));
		json_array_append_new(list, p);
	}
	json_object_set_new(j, "paths", list);
	return j;
}

static int inspect_image(const char *image, const struct asked *o)
{
	int fd = open(image, O_RDONLY | O_CLOEXEC);
	struct hostdisk disk;
	bool bad;
	json_t *j;

	if (fd < 0) {
		report_errno("%s", image);
		return 1;
	}
	if (hostdisk_attach(&disk, "hd0", fd, hostdisk_sector(fd)) ||
	    !disk.blk.count) {
		report_error("%s: not a disk image", image);
		close(fd);
		return 1;
	}
	j = inspect_disk(&disk.blk, o, &bad);
	if (o->json)
		json_dumpf(j, stdout, JSON_INDENT(2));
	else
		print_text(j);
	if (o->json)
		putchar('\n');
	json_decref(j);
	close(fd);
	return bad;
}

/* LIST is names of paths with commas between. */
static int check_paths(const char *list)
{
	while (*list) {
		size_t n = strcspn(list, ","), i = 0;

		while (i < sizeof(paths) / sizeof(paths[0]) &&
		       (strlen(paths[i].name) != n ||
			strncmp(list, paths[i].name, n)))
			i++;
		if (i == sizeof(paths) / sizeof(paths[0]))
			return report_error("--paths %.*s: not one of bios, "
					    "uefi, pv", (int)n, list);
		list += n + (list[n] == ',');
	}
	return 0;
}

static int inspect_run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "mem", required_argument, NULL, 'm' },
		{ "paths", required_argument, NULL, 'p' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct asked o = { .mem_mb = HOSTBOOT_MEM_MB };
	int c;

	while ((c = getopt_long(argc, argv, "hv", options, NULL)) != -1) {
		if (c == 'j')
			o.json = true;
		else if (c == 'p')
			o.only = optarg;
		else if (c == 'v')
			o.verbose = true;
		else if (c == 'm' && !option_value_number("mem", optarg,
							  &o.mem_mb))
			continue;
		else if (c == 'h')
			return puts("usage: twinboot inspect IMAGE [--paths "
				    "bios,uefi,pv] [--mem MB]\n       "
				    "[--verbose] [--json]\n\n"
				    "Show what is on IMAGE and what each boot "
				    "path would start.  Ends 1 when a\npath "
				    "that the image carries, or that --paths "
				    "names, would fail.  --mem is "
				    "the memory of the\nmachine that is "
				    "supposed (1024)."),
			       0;
		else
			return 2;
	}
	if (!o.mem_mb)
		return report_error("--mem 0: no machine"), 2;
	if (o.only && check_paths(o.only))
		return 2;
	if (optind + 1 != argc) {
		report_error("give one IMAGE");
		return 2;
	}
	return inspect_image(argv[optind], &o);
}

const struct command inspect_command = {
	"inspect", "what is on an image, and what each boot path would do",
	inspect_run,
};
