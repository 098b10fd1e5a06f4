/*
 * The commands that name what is started: files are opened, in the order of
 * the lines, and nothing is read of them but what finding them takes.
 */
#include "menu/load.h"

#include <string.h>

#include "loader/base/err.h"

/* The first LEN bytes of S as a string of its own. */
static char *copy(struct runner *r, const char *s, size_t len)
{
	char *to = arena_alloc(r->p->arena, len + 1);

	return to ? memcpy(to, s, len) : NULL;
}

int load_open_word(struct runner *r, const char **args, const char **path,
		   struct file *out)
{
	*path = copy(r, *args, strcspn(*args, " "));
	if (!*path)
		return ERR_NO_MEMORY;
	*args = lst_next_word(*args);
	return device_open(&r->mounts, r->root, *path, out);
}

int load_kernel(struct runner *r, const char *args, enum lst_cmd cmd)
{
	struct boot_entry *e = r->entry;
	int err;

	e->n_modules = 0;
	e->initrd_given = false;
	e->chain = cmd == CMD_CHAINLOADER;
	e->kernel_path = NULL;
	if (!*args)
		return fail(ERR_ARGUMENT, "%s: no file", command_name(cmd));
	err = load_open_word(r, &args, &e->kernel_path, &e->kernel);
	e->args = args;
	if (err)
		e->kernel_path = NULL;
	return err;
}

static int add_module(struct runner *r, const char **args)
{
	struct boot_module *m = &r->entry->module[r->entry->n_modules];
	int err;

	if (r->entry->n_modules == BOOT_MODULES)
		return fail(ERR_NO_MEMORY, "more than %d modules",
			    BOOT_MODULES);
	err = load_open_word(r, args, &m->path, &m->file);
	m->args = *args;
	r->entry->n_modules += !err;
	return err;
}

/*
 * Several files on one line, or several lines: all are handed over.  GRUB
 * reads the first word only, so what cannot be a file is no error.
 */
int load_initrd(struct runner *r, const char *args)
{
	int err;

	if (!r->entry->kernel_path)
		return fail(ERR_NEED_LINUX, "initrd %s", args);
	if (!*args)
		return fail(ERR_ARGUMENT, "initrd: no file");
	r->entry->initrd_given = true;
	err = add_module(r, &args);
	while (!err && *args) {
		if (*args == '/' || *args == '(') {
			err = add_module(r, &args);
		} else {
			say(r->p, " (%.*s is no file: passed over)\n",
			    (int)strcspn(args, " "), args);
			args = lst_next_word(args);
		}
	}
	return err;
}

int load_module(struct runner *r, const char *args)
{
	if (!r->entry->kernel_path)
		return fail(ERR_NEED_MULTIBOOT, "module %s", args);
	if (!*args)
		return fail(ERR_ARGUMENT, "module: no file");
	return add_module(r, &args);
}

int load_modulenounzip(struct runner *r, const char *args)
{
	struct boot_entry *e = r->entry;
	int err = load_module(r, args);

	if (!err)
		e->module[e->n_modules - 1].as_it_is = true;
	return err;
}
