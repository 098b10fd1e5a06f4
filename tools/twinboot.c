/*
 * twinboot: one program, many commands.  Here begins and ends what is the
 * same for all of them: the standard descriptors, and output that got lost.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/commands.h"
#include "tools/report.h"
#include "tools/version.h"

static void usage(FILE *out)
{
	const struct command *c;

	fputs("usage: twinboot COMMAND [OPTION...] [ARGUMENT...]\n\n", out);
	for (unsigned i = 0; (c = command_nth(i)); i++)
		fprintf(out, "  %-11s %s\n", c->name, c->what);
	fputs("\n`twinboot COMMAND --help' tells more of each, "
	      "`twinboot --version' the version.\n", out);
}

/*
 * A descriptor that is closed would become the next file that is opened, and
 * get what is printed.  What is written to one of ours fails.
 */
static void open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int run(int argc, char **argv)
{
	static char help[] = "--help";
	const struct command *c;
	char name[64];
	bool asks;

	/* "help COMMAND" */
	if (argc == 3 && !strcmp(argv[1], "help")) {
		argv[1] = argv[2];
		argv[2] = help;
	}
	c = argc > 1 ? command_named(argv[1]) : NULL;
	asks = argc > 1 && (!strcmp(argv[1], "--help") ||
			    !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"));
	if (argc > 2 && (asks || !strcmp(argv[1], "--version"))) {
		report_error("%s: one word too many", argv[2]);
		return 2;
	}
	if (asks) {
		usage(stdout);
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "--version")) {
		printf("twinboot %s\n", version_number);
		return 0;
	}
	if (c) {
		snprintf(name, sizeof(name), "twinboot %s", argv[1]);
		argv[1] = name;
		return c->run(argc - 1, argv + 1);
	}
	if (argc > 1)
		report_error("no command \"%s\"; `twinboot --help' lists them",
			     argv[1]);
	else
		usage(stderr);
	return 2;
}

int main(int argc, char **argv)
{
	int status;

	open_standard();
	status = run(argc, argv);
	if (fflush(stdout))
		report_errno("standard output");
	else if (ferror(stdout))
		report_error("standard output: a part of it is lost");
	else
		return status;
	return status ? status : 1;
}
