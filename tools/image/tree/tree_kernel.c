/*
 * /boot/vmlinuz-VERSION as distributions name it, with Debian's, Fedora's or
 * Alpine's names for the initrd.  The newest by strverscmp is taken.
 */
#include "tools/image/tree/tree_kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/image/tree/gate.h"

static const char *const kernels[] = { "vmlinuz-", "vmlinux-", "bzImage-" };
static const char *const initrds[] = {
	"initrd.img-%s", "initramfs-%s.img", "initrd-%s", "initrd-%s.img",
	"initramfs-%s",
};

/* Behind the prefix of a kernel's name; NULL: it is none. */
static const char *version_of(const char *name)
{
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		size_t n = strlen(kernels[i]);

		if (!strncmp(name, kernels[i], n))
			return name + n;
	}
	return NULL;
}

static bool is_file(const struct tree *t, const char *path)
{
	const struct tree_node *n = gate_lookup(t, path, true);

	return n && S_ISREG(n->mode);
}

/* A name that menu.lst can carry. */
static bool fits(const char *name)
{
	for (; *name; name++)
		if (*name <= ' ' || *name > '~')
			return false;
	return true;
}

static char *find_initrd(const struct tree *t, const char *version)
{
	for (size_t i = 0; i < sizeof(initrds) / sizeof(initrds[0]); i++) {
		char name[2 * TREE_NAME_MAX], *path;

		snprintf(name, sizeof(name), initrds[i], version);
		if (asprintf(&path, "/boot/%s", name) < 0)
			abort();
		if (is_file(t, path))
			return path;
		free(path);
	}
	return NULL;
}

void tree_kernel_find(const struct tree *t, char **kernel, char **initrd)
{
	const struct tree_node *boot = gate_lookup(t, "boot", true);
	const struct tree_name *best = NULL;

	*kernel = *initrd = NULL;
	if (!boot || !S_ISDIR(boot->mode))
		return;
	for (const struct tree_name *x = boot->dir.first; x; x = x->next) {
		const char *v = version_of(x->text);

		if (!x->node || !S_ISREG(x->node->mode) || !v ||
		    !fits(x->text))
			continue;
		if (!best || strverscmp(version_of(best->text), v) < 0)
			best = x;
	}
	if (!best)
		return;
	if (asprintf(kernel, "/boot/%s", best->text) < 0)
		abort();
	*initrd = find_initrd(t, version_of(best->text));
}
