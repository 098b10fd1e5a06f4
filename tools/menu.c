#include "tools/commands.h"

static int menu_run(int argc, char **argv)
{
	return 2;
}

const struct command menu_command = {
	"menu", "read a menu.lst as the loader does; explain it", menu_run,
};
