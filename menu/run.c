/*
 * The commands of an entry.  Each handler gets the arguments as they stand in
 * the line; the first error ends the entry.  A kernel started never returns.
 */
#include "menu/run.h"

#include <string.h>

#include "loader/base/err.h"
#include "menu/extra.h"
#include "menu/guest.h"
#include "menu/load.h"
#include "menu/record.h"

#define KEY_ESC 0x1b

typedef int run_command(struct runner *r, const char *args);

int run_key(const struct platform *p)
{
	int key = p->key();

	return key >= 0 && key < 128 && p->keymap ? p->keymap[key] : key;
}

int run_wait_key(const struct platform *p)
{
	int key;

	while ((key = run_key(p)) <= 0)
		p->idle();
	return key;
}

static int set_root(struct runner *r, const char *args, bool mount)
{
	struct device dev;
	char name[24];
	struct fs *fs;
	int err;

	if (*args && *args != '(')
		return fail(ERR_DEVICE_NAME, "%.32s", args);
	err = device_parse(&args, r->root, &dev);
	if (err)
		return err;
	r->root = dev;
	if (!mount)
		return 0;
	err = device_mount(&r->mounts, dev, &fs);
	device_name(dev, name, sizeof(name));
	if (!err)
		say(r->p, " %s: file system is %s\n", name, fs->driver->name);
	if (!err || err == ERR_NO_DISK || err == ERR_NO_PARTITION)
		return err;
	/* Not an error until a file is wanted from there. */
	say(r->p, " %s\n", err_text());
	err_clear();
	return 0;
}

static int run_root(struct runner *r, const char *args)
{
	return set_root(r, args, true);
}

static int run_rootnoverify(struct runner *r, const char *args)
{
	return set_root(r, args, false);
}

/* As in GRUB, what begins with a type is that type. */
static int take_type(struct runner *r, const char *s)
{
	static const char *const types[] = {
		"linux", "biglinux", "multiboot", "netbsd", "freebsd",
		"openbsd",
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strncmp(s, types[i], strlen(types[i]))) {
			r->type = types[i];
			return 0;
		}
	return fail(ERR_ARGUMENT, "kernel --type=%.32s", s);
}

static int run_kernel(struct runner *r, const char *args)
{
	int err = 0;

	r->type = NULL;
	r->entry->no_mem_option = false;
	for (; !strncmp(args, "--", 2) && !err; args = lst_next_word(args))
		if (!strncmp(args, "--type=", 7))
			err = take_type(r, args + 7);
		else if (!strncmp(args, "--no-mem-option", 15))
			r->entry->no_mem_option = true;
		else
			break;
	return err ? err : load_kernel(r, args, CMD_KERNEL);
}

/* Whether the file is what --type says, where it can be no other thing. */
static int check_type(const struct runner *r, const struct handover *ho)
{
	bool multiboot = !strncmp(ho->format, "multiboot", 9);
	bool is_linux = !strcmp(ho->format, "linux") ||
		!strcmp(ho->format, "efi");

	if (!r->type || (!multiboot && !is_linux) ||
	    (is_linux && (*r->type == 'l' || *r->type == 'b')) ||
	    (multiboot && *r->type == 'm'))
		return 0;
	return fail(ERR_EXEC_FORMAT, "%s: its format is %s, not %s",
		    ho->from->kernel_path, ho->format, r->type);
}

static int run_chainloader(struct runner *r, const char *args)
{
	r->entry->force = !strncmp(args, "--force", 7);
	if (r->entry->force)
		args = lst_next_word(args);
	return load_kernel(r, args, CMD_CHAINLOADER);
}

/* A format may give an entry that this path has no way to. */
static int check_mode(const struct platform *p, const struct handover *ho)
{
	if (p->modes >> ho->mode & 1)
		return 0;
	return fail(ERR_EXEC_FORMAT, "%s: its entry %s cannot be used on "
		    "this path", ho->from->kernel_path, ho->entry_name);
}

static int run_boot(struct runner *r, const char *args)
{
	struct platform *p = r->p;
	struct handover *ho = arena_alloc(p->arena, sizeof(*ho));
	const struct kernel_format *const *formats;
	const struct menu_extra *extra;
	struct record record;
	struct device root;
	int err;

	if (!ho)
		return ERR_NO_MEMORY;
	if (!r->entry->kernel_path)
		return fail(ERR_NO_KERNEL, "boot");
	root = device_real(&r->mounts, r->root);
	r->entry->root_disk = root.disk;
	r->entry->root_part = root.part;
	if (p->update_memmap && (err = p->update_memmap(p->memmap)))
		return err;
	err = guest_prepare(r, &formats);
	if (!err)
		err = kernel_load(formats, r->entry, p->memmap, p->arena,
				  ho);
	if (!err)
		err = check_mode(p, ho);
	if (!err)
		err = check_type(r, ho);
	if (!err)
		err = record_prepare(&record, r, ho);
	if (!err && r->entry->upper_kib && (extra = p->extra(p)))
		extra->tell_upper(r, ho);
	if (!err && r->on_trial && (extra = p->extra(p)))
		extra->take(r, r->on_trial);
	if (!err)
		err = p->go(ho);
	return err ? err : fail(ERR_BOOT, "%s", r->entry->kernel_path);
}

int run_configfile(struct runner *r, const char *args)
{
	const char *path;
	struct file f;
	int err = load_open_word(r, &args, &path, &f);

	r->configfile = err ? NULL : (char *)(uintptr_t)path;
	return err;
}

static int run_halt(struct runner *r, const char *args)
{
	r->p->halt();
	r->ended = true;
	return 0;
}

static int run_reboot(struct runner *r, const char *args)
{
	r->p->reboot();
	r->ended = true;
	return 0;
}

static int run_pause(struct runner *r, const char *args)
{
	say(r->p, "%s\n", args);
	return run_wait_key(r->p) == KEY_ESC ?
		fail(ERR_ARGUMENT, "stopped at `pause'") : 0;
}

static int run_quiet(struct runner *r, const char *args)
{
	r->quiet = true;
	return 0;
}

static int run_print(struct runner *r, const char *args)
{
	say(r->p, "%s\n", args);
	return 0;
}

/* Without a password in the header, `lock` keeps nobody out. */
static int run_lock(struct runner *r, const char *args)
{
	return r->config->lst.password && !r->trusted ?
		fail(ERR_AUTH, "lock: p in the menu asks for the password") : 0;
}

/* For consoles that other loaders have. */
static int run_nothing(struct runner *r, const char *args)
{
	return 0;
}

static run_command *const handlers[CMD_COUNT] = {
	[CMD_BACKGROUND] = run_nothing,
	[CMD_BOOT] = run_boot,
	[CMD_BORDER] = run_nothing,
	[CMD_CHAINLOADER] = run_chainloader,
	[CMD_CONFIGFILE] = run_configfile,
	[CMD_FOREGROUND] = run_nothing,
	[CMD_HALT] = run_halt,
	[CMD_INITRD] = load_initrd,
	[CMD_KERNEL] = run_kernel,
	[CMD_LOCK] = run_lock,
	[CMD_MODULE] = load_module,
	[CMD_MODULENOUNZIP] = load_modulenounzip,
	[CMD_PAUSE] = run_pause,
	[CMD_PRINT] = run_print,
	[CMD_QUIET] = run_quiet,
	[CMD_REBOOT] = run_reboot,
	[CMD_ROOT] = run_root,
	[CMD_ROOTNOVERIFY] = run_rootnoverify,
	[CMD_SHADE] = run_nothing,
	[CMD_SPLASHIMAGE] = run_nothing,
	[CMD_VIEWPORT] = run_nothing,
};

bool run_supports(enum lst_cmd cmd)
{
	return handlers[cmd] != NULL;
}

static void measure(const struct platform *p, const char *line)
{
	if (p->measure)
		p->measure(line);
}

/* A line's command, its ARGS and all of it as TEXT, which must stay. */
static int run_one(struct runner *r, enum lst_cmd cmd, const char *text,
		   const char *args)
{
	const struct menu_extra *extra;

	measure(r->p, text);
	if (cmd != CMD_PRINT && cmd != CMD_PAUSE && cmd != CMD_PASSWORD &&
	    cmd != CMD_QUIET && !r->quiet)
		say(r->p, "%s\n", text);
	if (!(command_flags(cmd) & CMD_ENTRY))
		return fail(ERR_COMMAND, "%s: only before the first title",
			    command_name(cmd));
	if (handlers[cmd])
		return handlers[cmd](r, args);
	extra = r->p->extra(r->p);
	return extra ? extra->command(r, cmd, args) : ERR_READ;
}

int run_typed(struct runner *r, const char *line)
{
	size_t name, len;
	enum lst_cmd cmd;
	char *text;

	line += strspn(line, " ");
	name = strcspn(line, " =");
	len = strlen(line);
	cmd = command_find(line, name, LST_GNU097);
	if (!cmd)
		cmd = command_find(line, name, LST_PATCHES);
	if (!len)
		return 0;
	if (!cmd)
		return fail(ERR_COMMAND, "%.*s", (int)name, line);
	text = arena_alloc(r->p->arena, len + 1);
	if (!text)
		return ERR_NO_MEMORY;
	memcpy(text, line, len);
	return run_one(r, cmd, text, text + name + strspn(text + name, " ="));
}

static int run_line(struct runner *r, const struct lst_line *line)
{
	const struct lst *l = &r->config->lst;

	if (line->cut) {
		say(r->p, " (only the first %d bytes of this line count)\n",
		    LST_LINE_MAX);
		r->entry->cut = true;
	}
	return run_one(r, lst_runs(l, line), lst_text(l, line),
		       lst_args(l, line));
}

int run_begin(struct runner *r, const char *title)
{
	r->configfile = NULL;
	r->ended = false;
	r->root = r->config->root;
	r->entry = arena_alloc(r->p->arena, sizeof(*r->entry));
	if (!r->entry)
		return ERR_NO_MEMORY;
	r->entry->title = title;
	r->entry->platform = r->p;
	return 0;
}

int run_end(struct runner *r)
{
	return r->entry->kernel_path ? run_boot(r, "") : 0;
}

/* An entry that is marked so starts only so often by itself. */
static int put_on_trial(struct runner *r, const struct lst_entry *e)
{
	const struct menu_extra *extra;
	int err;

	if (!lst_tries(&r->config->lst, e))
		return 0;
	extra = r->p->extra(r->p);
	if (!extra) {
		say(r->p, " (starts are not counted: %s)\n", err_text());
		err_clear();
		return 0;
	}
	err = r->by_hand ? 0 : extra->check(r, e);
	r->on_trial = err ? NULL : e;
	return err;
}

int run_entry(struct runner *r, const struct lst_entry *e)
{
	const struct lst *l = &r->config->lst;
	int err = run_begin(r, lst_title(l, e));

	if (err)
		return err;
	r->entry->pv = lst_pv(l, e);
	measure(r->p, lst_text(l, &l->line[e->title]));
	err = put_on_trial(r, e);
	if (err)
		return err;
	for (uint32_t i = e->title + 1; i < e->end; i++) {
		if (!lst_runs(l, &l->line[i]))
			continue;
		err = run_line(r, &l->line[i]);
		if (err || r->configfile || r->ended)
			return err;
	}
	return run_end(r);
}
