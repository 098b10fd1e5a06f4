/*
 * twinboot: one program, a table of commands.
 */
#include <stdio.h>
#include <string.h>

#include "tools/commands.h"

static const struct command *const commands[] = {
	&build_command,
	&inspect_command,
	&matrix_command,
	&menu_command,
	&profiles_command,
	&run_command,
	&verify_command,
};

static void usage(FILE *out)
{
	fputs("usage: twinboot COMMAND [OPTION...] [ARGUMENT...]\n\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(out, "  %-8s %s\n", commands[i]->name,
			commands[i]->what);
	fputs("\n`twinboot COMMAND --help` tells more of each.\n", out);
}

int main(int argc, char **argv)
{
	char name[64];

	if (argc > 1 && (!strcmp(argv[1], "--help") ||
			 !strcmp(argv[1], "help"))) {
		usage(stdout);
		return 0;
	}
	for (size_t i = 0; argc > 1 &&
	     i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i]->name))
			continue;
		snprintf(name, sizeof(name), "twinboot %s", argv[1]);
		argv[1] = name;
		return commands[i]->run(argc - 1, argv + 1);
	}
	if (argc > 1)
		fprintf(stderr, "twinboot: no command \"%s\"\n\n", argv[1]);
	usage(stderr);
	return 2;
}
