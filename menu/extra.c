/*
 * The commands that an entry seldom has, and the table of all that lies beside
 * them.
 */
#include "menu/extra.h"

#include "loader/base/err.h"
#include "menu/auth.h"
#include "menu/config/bls_find.h"
#include "menu/drives.h"
#include "menu/parttype.h"
#include "menu/save.h"
#include "menu/screen/color.h"
#include "menu/screen/help.h"
#include "menu/screen/menu.h"
#include "menu/screen/pager.h"
#include "menu/screen/shell.h"
#include "menu/screen/show.h"
#include "menu/screen/terminal.h"
#include "menu/tries.h"
#include "menu/upper.h"

typedef int extra_handler(struct runner *r, const char *args);

static int run_ignored(struct runner *r, const char *args)
{
	say(r->p, " (no effect with this loader)\n");
	return 0;
}

static int run_clear(struct runner *r, const char *args)
{
	say(r->p, "\033[H\033[J");
	return 0;
}

static extra_handler *const handlers[CMD_COUNT] = {
	[CMD_BLOCKLIST] = show_blocklist,
	[CMD_CAT] = show_cat,
	[CMD_CLEAR] = run_clear,
	[CMD_CMP] = show_cmp,
	[CMD_COLOR] = color_command,
	[CMD_DEBUG] = run_ignored,
	[CMD_DISPLAYAPM] = run_ignored,
	[CMD_DISPLAYMEM] = show_displaymem,
	[CMD_FIND] = show_find,
	[CMD_FSTEST] = run_ignored,
	[CMD_GEOMETRY] = show_geometry,
	[CMD_HELP] = help_command,
	[CMD_HIDE] = parttype_hide,
	[CMD_IMPSPROBE] = run_ignored,
	[CMD_IOPROBE] = run_ignored,
	[CMD_MAKEACTIVE] = parttype_makeactive,
	[CMD_MAP] = drives_map,
	[CMD_MD5CRYPT] = auth_md5crypt,
	[CMD_PAGER] = pager_command,
	[CMD_PARTTYPE] = parttype_set,
	[CMD_PASSWORD] = auth_password,
	[CMD_READ] = run_ignored,
	[CMD_SAVEDEFAULT] = save_default,
	[CMD_SERIAL] = terminal_serial,
	[CMD_SETKEY] = terminal_setkey,
	[CMD_TERMINAL] = terminal_choose,
	[CMD_TERMINFO] = run_ignored,
	[CMD_TESTLOAD] = run_ignored,
	[CMD_TESTVBE] = run_ignored,
	[CMD_UNHIDE] = parttype_unhide,
	[CMD_UPPERMEM] = upper_set,
	[CMD_UUID] = show_uuid,
	[CMD_VBEPROBE] = run_ignored,
};

static int run(struct runner *r, enum lst_cmd cmd, const char *args)
{
	int err;

	if (!handlers[cmd])
		return fail(ERR_COMMAND, "%s: not supported by this loader",
			    command_name(cmd));
	if (r->typed)
		pager_begin(r->p);
	err = handlers[cmd](r, args);
	pager_end();
	return err;
}

const struct menu_extra extra_all = {
	.choose = menu_show,
	.commands = shell_commands,
	.edit = shell_edit,
	.unlock = auth_unlock,
	.once = tries_once,
	.check = tries_check,
	.take = tries_take,
	.tell_upper = upper_tell,
	.entries = bls_find,
	.command = run,
};

const struct menu_extra *extra_here(const struct platform *p)
{
	return &extra_all;
}

bool extra_supports(enum lst_cmd cmd)
{
	return run_supports(cmd) || handlers[cmd];
}

bool extra_has_effect(enum lst_cmd cmd)
{
	return handlers[cmd] != run_ignored;
}
