/*
 * Where an image's menu.lst comes from.  The UUID of its root is made of what
 * is in it, the menu too, so a menu written here names the root by label.
 */
#include "tools/image/boot_menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "menu/config/config.h"
#include "tools/image/disk/boot_install.h"
#include "tools/image/menu_check.h"
#include "tools/image/tree/data.h"
#include "tools/image/tree/gate.h"
#include "tools/image/tree/source.h"
#include "tools/image/tree/tree_kernel.h"
#include "tools/report.h"

/* The marks of images/zz-twinboot and of Debian's update-grub. */
#define LIST_BEGIN "### BEGIN AUTOMAGIC KERNELS LIST"
#define LIST_END "### END DEBIAN AUTOMAGIC KERNELS LIST"

/* With the hooks, the entry is one of theirs from the beginning. */
static bool is_listed(const struct build *b)
{
	return b->r.kernel_hooks && !strncmp(b->kernel, "/boot/vmlinuz-", 14);
}

static int write_menu(struct build *b)
{
	const struct recipe *r = &b->r;
	const char *root = r->table == PART_NONE ? "(hd0)" : "(hd0,0)";
	const char *append = r->append ? r->append : "";
	char *menu;
	int err;

	if (asprintf(&menu, "default 0\ntimeout 0\nhiddenmenu\n\n"
		     "%s%s%s%s%s%stitle %s\nroot %s\nkernel %s%s%s\n%s%s%s%s",
		     is_listed(b) ? LIST_BEGIN "\n# kopt=" : "",
		     is_listed(b) ? append : "",
		     is_listed(b) ? "\n# groot=" : "",
		     is_listed(b) ? root : "", is_listed(b) ? "\n" : "",
		     is_listed(b) ? "\n" : "",
		     strrchr(b->kernel, '/') + 1, root, b->kernel,
		     r->append ? " " : "", append,
		     b->initrd ? "initrd " : "", b->initrd ? b->initrd : "",
		     b->initrd ? "\n" : "",
		     is_listed(b) ? "\n" LIST_END "\n" : "") < 0)
		abort();
	err = source_add_text(&b->tree, "boot/grub/menu.lst", menu);
	free(menu);
	return err;
}

static int add_hooks(struct build *b)
{
	static const char *const places[] = {
		"etc/kernel/postinst.d/zz-twinboot",
		"etc/kernel/postrm.d/zz-twinboot",
	};
	char *file = boot_install_find(&b->r, "zz-twinboot");
	int err = file ? 0 : report_error("--kernel-hooks: zz-twinboot is not "
					  "there");

	for (unsigned i = 0; i < 2 && !err; i++)
		err = source_add_file(&b->tree, places[i], file,
				      filetree_new_node(&b->tree,
							S_IFREG | 0755));
	free(file);
	return err;
}

/* One of loader's names, where a first partition has them. */
const struct tree_node *boot_menu_node(const struct tree *t, const char **path)
{
	static const char *const names[] = {
		"boot/grub/menu.lst", "boot/grub/grub.conf", "grub/menu.lst",
		"grub/grub.conf",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct tree_node *n = gate_lookup(t, names[i], true);

		*path = names[i];
		if (n && S_ISREG(n->mode))
			return n;
	}
	return NULL;
}

/* The menu.lst that was given or written. */
static int check_menu(const struct tree *t, const char *given)
{
	const char *path = "boot/grub/menu.lst";
	char *text = data_text(gate_lookup(t, path, true), CONFIG_MAX,
			       given ? given : path);
	int err = text ? menu_check(given ? given :
				    "the menu.lst for --append", text) : -1;

	free(text);
	return err;
}

/* A kernel that came with the root file system. */
static int use_kernel_found(struct build *b)
{
	struct recipe *r = &b->r;
	char *append = NULL;
	int err;

	tree_kernel_find(&b->tree, &b->kernel, &b->initrd);
	if (!b->kernel) {
		report_note("no /boot/grub/menu.lst: give --menu, --kernel or "
			    "a --root that has one or a kernel in /boot");
		return r->append ? report_error("--append: there is no kernel "
						"for it") : 0;
	}
	report_note("a menu.lst is written for %s", b->kernel);
	if (!r->label)
		r->label = "root";
	if (!r->append && strchr(r->label, ' '))
		return report_error("--label %s: no kernel's command line "
				    "names a root with a blank in its label: "
				    "give --append", r->label);
	if (!r->append && asprintf(&append, "root=LABEL=%s ro", r->label) < 0)
		abort();
	r->append = r->append ? r->append : append;
	err = write_menu(b) ? -1 : check_menu(&b->tree, NULL);
	if (append)
		r->append = NULL;
	free(append);
	return err;
}

int boot_menu_make(struct build *b)
{
	const struct recipe *r = &b->r;
	const char *path;

	if (r->kernel_hooks && add_hooks(b))
		return -1;
	if (!r->menu && r->kernel && write_menu(b))
		return -1;
	if (r->menu || r->kernel)
		return check_menu(&b->tree, r->menu);
	if (!boot_menu_node(&b->tree, &path))
		return use_kernel_found(b);
	return r->append ? report_error("--append: the root has a menu.lst of "
					"its own") : 0;
}
