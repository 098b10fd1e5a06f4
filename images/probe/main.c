/*
 * The part of images/init that is not shell: one program, because what is put
 * into other people's initrds should be small.  Static; runs inside the guest
 * as root.
 */
#include "images/probe/probe.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Powering off does not wait for what a serial line still has to send. */
static int wait_for_console(int n, char **args)
{
	return tcdrain(STDOUT_FILENO) != 0;
}

static const struct {
	const char *name;
	int (*run)(int n, char **args);
} words[] = {
	{ "initrd", initrd_tell },
	{ "load", load_modules },
	{ "find", find_partition },
	{ "drain", wait_for_console },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (argc > 1 && !strcmp(argv[1], words[i].name))
			return words[i].run(argc - 2, argv + 2);
	fputs("usage: probe initrd | load DIR NAME... | find PARTUUID=X | "
	      "drain\n", stderr);
	return 2;
}
