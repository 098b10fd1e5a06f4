/* The subcommands of twinboot, and the table of them. */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

#include "tools/options.h"

struct command {
	const char *name;
	const char *what;	/* one line for `twinboot --help` */
	const struct options *options;
	/* ARGV[0] is "twinboot NAME"; returns the exit status. */
	int (*run)(int argc, char **argv);
};

/* All of them, by name; NULL after the last. */
const struct command *command_nth(unsigned i);
const struct command *command_named(const char *name);	/* NULL: none */

extern const struct command adopt_command;
extern const struct command build_command;
extern const struct command cat_command;
extern const struct command cp_command;
extern const struct command diff_command;
extern const struct command env_command;
extern const struct command inspect_command;
extern const struct command install_command;
extern const struct command ls_command;
extern const struct command matrix_command;
extern const struct command menu_command;
extern const struct command profiles_command;
extern const struct command run_command;
extern const struct command verify_command;
extern const struct command xen_testbed_command;

#endif
