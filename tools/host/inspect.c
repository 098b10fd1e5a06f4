/* twinboot inspect: what is on an image (describe.c), for people or as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/commands.h"
#include "tools/host/boot/hostboot.h"
#include "tools/host/describe.h"
#include "tools/host/disk/map.h"
#include "tools/option_value.h"
#include "tools/output.h"
#include "tools/report.h"
#include "tools/text.h"

struct inspect {
	const char *paths, *svg;
	unsigned mem_mb;
	bool json, verbose, backing;
};

static const char *get(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

/* The member KEY behind BEFORE, if it has any text. */
static void print_member(const char *before, const json_t *j, const char *key)
{
	if (!get(j, key)[0])
		return;
	fputs(before, stdout);
	text_put(get(j, key), stdout);
}

static void print_size(const json_t *j, const char *key)
{
	text_put_size((uint64_t)json_integer_value(json_object_get(j, key)),
		      stdout);
}

static void print_fs(const json_t *fs)
{
	const json_t *feature;
	size_t i;

	if (!json_is_object(fs)) {
		printf("nothing that we know");
		return;
	}
	text_put(get(fs, "type"), stdout);
	if (!json_is_true(json_object_get(fs, "read")))
		printf(" (not read)");
	print_member("  label ", fs, "label");
	print_member("  uuid ", fs, "uuid");
	print_member("  cut: ", fs, "cut");
	if (json_object_get(fs, "bytes")) {
		printf("\n           ");
		print_size(fs, "bytes");
	}
	if (json_object_get(fs, "free")) {
		printf(", ");
		print_size(fs, "free");
		printf(" free");
	}
	json_array_foreach(json_object_get(fs, "features"), i, feature) {
		printf(i % 6 ? " " : "\n             ");
		text_put(json_string_value(feature), stdout);
	}
}

static void print_partition(const json_t *j)
{
	char name[32];

	snprintf(name, sizeof(name), "(%.28s)", get(j, "name"));
	printf("%-10s ", name);
	if (get(j, "error")[0])
		text_put(get(j, "error"), stdout);
	else
		print_fs(json_object_get(j, "fs"));
	printf("\n           ");
	print_size(j, "size");
	print_member(", ", j, "type");
	print_member(", named ", j, "label");
	putchar('\n');
}

static void print_path(const json_t *j)
{
	const json_t *ho = json_object_get(j, "starts");
	json_t *piece;
	size_t i;

	printf("\n%s: %s", get(j, "path"), get(j, "status"));
	print_member(": ", j, "why");
	print_member("\n  ", j, "remark");
	putchar('\n');
	text_put_lines(get(j, "console"), stdout);
	if (!ho)
		return;
	printf("  format    %s, entered as %s (%s)\n  cmdline   ",
	       get(ho, "format"), get(ho, "entry"), get(ho, "mode"));
	text_put(get(ho, "cmdline"), stdout);
	putchar('\n');
	json_array_foreach(json_object_get(ho, "pieces"), i, piece)
		printf("  %-12s %10lld bytes at %#llx\n", get(piece, "what"),
		       json_integer_value(json_object_get(piece, "size")),
		       json_integer_value(json_object_get(piece, "address")));
}

/* The profiles of ENTRY with the text of number FIRST, if it is the first. */
static void print_verdict(const json_t *on, size_t first)
{
	const char *text = get(json_array_get(on, first), "text");
	const json_t *one;
	size_t i;

	json_array_foreach(on, i, one)
		if (i < first && !strcmp(get(one, "text"), text))
			return;
	fputs("  ", stdout);
	text_put(text, stdout);
	json_array_foreach(on, i, one)
		if (!strcmp(get(one, "text"), text))
			printf("%s%s", i == first ? "\n    " : " ",
			       get(one, "profile"));
	putchar('\n');
}

/* What is advised for the machines of `twinboot profiles`. */
static void print_machines(const json_t *entry)
{
	const json_t *on = json_object_get(entry, "on");

	printf("\nmachines, for entry %lld, \"",
	       json_integer_value(json_object_get(entry, "number")));
	text_put(get(entry, "title"), stdout);
	puts("\":");
	for (size_t i = 0; i < json_array_size(on); i++)
		print_verdict(on, i);
}

static unsigned columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col ?
	       80 : size.ws_col;
}

static void print_text(const json_t *j)
{
	json_t *one;
	size_t i;

	printf("image      ");
	print_size(j, "size");
	if (strcmp(get(j, "format"), "raw"))
		print_member(", ", j, "format");
	print_member(", compressed with ", j, "packed");
	printf("\ntable      %s, sectors of %lld bytes\n", get(j, "table"),
	       json_integer_value(json_object_get(j, "sector")));
	for (i = 0; i < 2; i++) {
		const char *key = i ? "remark" : "error";

		print_member("           ", j, key);
		if (get(j, key)[0])
			putchar('\n');
	}
	if (json_object_get(j, "fs")) {
		printf("%-10s ", "(hd0)");
		print_fs(json_object_get(j, "fs"));
		putchar('\n');
	}
	json_array_foreach(json_object_get(j, "partitions"), i, one)
		print_partition(one);
	if (isatty(STDOUT_FILENO)) {
		putchar('\n');
		map_text(j, columns(), stdout);
	}
	json_array_foreach(json_object_get(j, "paths"), i, one)
		print_path(one);
	json_array_foreach(json_object_get(j, "machines"), i, one)
		print_machines(one);
	printf("\n(on a machine with %lld MiB of memory)\n",
	       json_integer_value(json_object_get(j, "mem_mb")));
}

static int write_svg(const json_t *j, const char *path)
{
	struct output out;
	FILE *f;
	int err;

	if (output_open(&out, path))
		return -1;
	f = fdopen(dup(out.fd), "w");
	if (!f)
		abort();
	map_svg(j, f);
	err = ferror(f);
	if (fclose(f) || err) {
		report_errno("%s", path);
		output_abort(&out);
		return -1;
	}
	return output_commit(&out);
}

static int inspect_image(const struct inspect *o, const char *path)
{
	struct image img;
	bool bad = true;
	json_t *j;

	if (image_open(&img, path, o->backing))
		return 1;
	j = describe_image(&img, &(struct describe_asked){
		.paths = o->paths, .verbose = o->verbose,
		.mem_mb = o->mem_mb }, &bad);
	if (j && o->svg && write_svg(j, o->svg))
		bad = true;
	if (j && o->json)
		json_dumpf(j, stdout, JSON_INDENT(2));
	else if (j)
		print_text(j);
	if (j && o->json)
		putchar('\n');
	json_decref(j);
	image_close(&img);
	return bad;
}

#define AT(member) offsetof(struct inspect, member)

static const char *path_word(unsigned i)
{
	return i < PATH_COUNT ? hostboot_paths[i].name : NULL;
}

static const struct options_row rows[] = {
	OPTIONS_PATHS("LIST", "of bios,uefi,pv: only these, and they must be "
		      "there", AT(paths), path_word),
	{ "mem", 0, "SIZE", "memory of the machine that is supposed, as 512M "
	  "or 2G (1G)", OPTIONS_MEMORY, AT(mem_mb) },
	{ "verbose", 'v', NULL, "also what the loader says, and the commands "
	  "that are run", OPTIONS_FLAG, AT(verbose) },
	{ "json", 0, NULL, "all of it as one JSON object", OPTIONS_FLAG,
	  AT(json) },
	{ "svg", 0, "FILE", "a drawing of the disk, to scale", OPTIONS_FILE,
	  AT(svg) },
	{ "backing", 0, NULL, "read the files that IMAGE names (backing and "
	  "data files, extents)", OPTIONS_FLAG, AT(backing) },
};

static const struct options_example examples[] = {
	{ "What is on an image, and whether it would boot:",
	  "twinboot inspect disk.img" },
	{ "The same for a program:",
	  "twinboot inspect disk.img --json | jq '.paths[].status'" },
	{ NULL, NULL },
};

static const struct options options = {
	.usage = "IMAGE [OPTION...]",
	.about = "Show what is on IMAGE and what each boot path would start.  "
		 "Ends 1 when a\npath that the image carries, or that --paths "
		 "names, would fail.\nIMAGE is - for standard input.",
	.row = rows, .n = sizeof(rows) / sizeof(rows[0]),
	.operand = "IMAGE", .min = 1, .max = 1, .example = examples,
};

static int inspect_run(int argc, char **argv)
{
	struct inspect o = { .mem_mb = HOSTBOOT_MEM_MB };
	struct options_rest rest;
	int err = options_parse(&options, &o, argc, argv, &rest);

	if (err)
		return err > 0 ? 0 : 2;
	if (option_value_check("--paths", o.paths, describe_path_find))
		return 2;
	if (o.verbose)
		report_talk(REPORT_VERBOSE);
	return inspect_image(&o, rest.operand[0]);
}

const struct command inspect_command = {
	"inspect", "what is on an image, and what each boot path would do",
	&options, inspect_run,
};
