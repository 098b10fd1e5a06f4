/*
 * twinboot: one program, a table of commands.  Here begins and ends what is the
 * same for all of them: the standard descriptors, and output that got lost.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/commands.h"
#include "tools/report.h"
#include "tools/version.h"

static const struct command *const commands[] = {
	&build_command,
	&cat_command,
	&cp_command,
	&diff_command,
	&inspect_command,
	&ls_command,
	&matrix_command,
	&menu_command,
	&profiles_command,
	&run_command,
	&verify_command,
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *out)
{
	fputs("usage: twinboot COMMAND [OPTION...] [ARGUMENT...]\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i]->name,
			commands[i]->what);
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
	char name[64];

	if (argc > 1 && (!strcmp(argv[1], "--help") ||
			 !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))) {
		usage(stdout);
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "--version")) {
		puts("twinboot " TWINBOOT_VERSION);
		return 0;
	}
	for (size_t i = 0; argc > 1 && i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i]->name))
			continue;
		snprintf(name, sizeof(name), "twinboot %s", argv[1]);
		argv[1] = name;
		return commands[i]->run(argc - 1, argv + 1);
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
