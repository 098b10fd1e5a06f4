/* The table of commands: what `twinboot' can do, and what is written of it. */
#include "tools/commands.h"

#include <string.h>

static const struct command *const commands[] = {
	&adopt_command,
	&build_command,
	&cat_command,
	&cp_command,
	&diff_command,
	&env_command,
	&inspect_command,
	&install_command,
	&ls_command,
	&matrix_command,
	&menu_command,
	&profiles_command,
	&run_command,
	&verify_command,
	&xen_testbed_command,
};

const struct command *command_nth(unsigned i)
{
	return i < sizeof(commands) / sizeof(commands[0]) ? commands[i] : NULL;
}

const struct command *command_named(const char *name)
{
	const struct command *c;

	for (unsigned i = 0; (c = command_nth(i)); i++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}
