/*
 * The loader's own questions, asked of files in a tree.  What cannot be found
 * or read there needs nothing.
 */
#include "tools/image/hv_need.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "loader/base/err.h"
#include "loader/kernel/hv/hv.h"
#include "loader/kernel/kernel.h"
#include "loader/kernel/linux/linux_image.h"
#include "loader/kernel/multiboot/multiboot_header.h"
#include "loader/settings.h"
#include "menu/config/config.h"
#include "tools/image/boot_menu.h"
#include "tools/image/tree/data.h"
#include "tools/image/tree/gate.h"

#define CONF "boot/grub/twinboot.conf"

static void tell_nobody(void *ctx, const char *line)
{
}

static enum settings_pv wanted(const struct build *b)
{
	const struct tree_node *n = gate_lookup(&b->tree, CONF, true);
	struct settings s = { 0 };
	char *text = NULL;

	if (!b->settings && n && S_ISREG(n->mode) && n->size <= SETTINGS_MAX)
		text = data_text(n, SETTINGS_MAX, CONF);
	if (b->settings || text)
		settings_parse(&s, b->settings ? b->settings : text,
			       tell_nobody, NULL);
	free(text);
	return s.pv;
}

/* The first bytes of N at HEAD; how many. */
static size_t read_head(const struct tree_node *n, uint8_t *head, size_t size)
{
	struct data_reader r;
	size_t len = 0;
	ssize_t got = 1;

	if (data_open(&r, n, "a kernel"))
		return 0;
	while (got > 0 && len < size) {
		got = data_read_whole(&r, head + len, size - len);
		len += got > 0 ? (size_t)got : 0;
	}
	data_close(&r);
	return len;
}

/* The same of what is gzip'd in the LEN bytes at PACKED. */
static size_t unpack_head(uint8_t *packed, size_t len, uint8_t *head,
			  size_t size)
{
	z_stream z = { .next_in = packed, .avail_in = (uInt)len,
		       .next_out = head, .avail_out = (uInt)size };

	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return 0;
	inflate(&z, Z_SYNC_FLUSH);
	inflateEnd(&z);
	return size - z.avail_out;
}

/* As the BIOS path's formats ask, one after the other. */
static bool pv_only(const struct tree_node *n)
{
	static uint8_t file[KERNEL_HEAD], plain[KERNEL_HEAD];
	size_t len = read_head(n, file, sizeof(file));
	struct span head = span_of(file, len);

	if (len > 2 && file[0] == 0x1f && file[1] == 0x8b)
		head = span_of(plain, unpack_head(file, len, plain,
						  sizeof(plain)));
	return hv_probe(head) && !linux_image_probe(head) &&
	       !multiboot_header_probe(head);
}

/* "(hd0,0)/boot/k args": what the tree has under that name. */
static bool kernel_needs(const struct tree *t, const char *args)
{
	const struct tree_node *n;
	char path[LST_LINE_MAX + 1];

	while (!strncmp(args, "--", 2))
		args = lst_next_word(args);
	if (*args == '(')
		args += strcspn(args, ")") + 1;
	if (*args != '/')
		return false;
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(args + 1, " "),
		 args + 1);
	n = gate_lookup(t, path, true);
	return n && S_ISREG(n->mode) && pv_only(n);
}

static bool entry_needs(const struct tree *t, const struct lst *l,
			const struct lst_entry *e, enum settings_pv pv)
{
	bool all = pv == SETTINGS_PV_ALWAYS || lst_pv(l, e);

	for (uint32_t i = e->title + 1; i < e->end; i++)
		if (l->line[i].kind == LST_COMMAND &&
		    l->line[i].cmd == CMD_KERNEL &&
		    (all || kernel_needs(t, lst_args(l, &l->line[i]))))
			return true;
	return false;
}

bool hv_need(const struct build *b)
{
	const char *path;
	const struct tree_node *n = boot_menu_node(&b->tree, &path);
	char *text = n ? data_text(n, CONFIG_MAX, path) : NULL;
	size_t len = text ? strlen(text) : 0;
	struct arena arena = { .size = 64 * (len + 1) + 4096 };
	enum settings_pv pv = wanted(b);
	bool need = false;
	struct lst l;

	arena.base = malloc(arena.size);
	if (!arena.base)
		abort();
	if (text && pv != SETTINGS_PV_NEVER &&
	    !lst_parse(&l, text, len, LST_GNU097, &arena))
		for (uint32_t i = 0; i < l.n_entries && !need; i++)
			need = entry_needs(&b->tree, &l, &l.entry[i], pv);
	err_clear();
	free(arena.base);
	free(text);
	return need;
}
