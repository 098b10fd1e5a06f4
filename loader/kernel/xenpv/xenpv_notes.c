/*
 * Finds a kernel's Xen notes.  New kernels have them in a PT_NOTE segment,
 * some older ones only in SHT_NOTE sections, 2.6.18 ones as one string in the
 * section __xen_guest (elfnote.h of Xen names both forms).  Nothing in the
 * file is trusted: reads are checked by fs_read, loops are counted.
 */
#include "loader/kernel/xenpv/xenpv_notes.h"

#include <string.h>

#include "loader/abi/xen.h"
#include "loader/base/err.h"
#include "loader/base/number.h"
#include "loader/kernel/xenpv/xenpv.h"

#define MAX_NOTES 4096u		/* looked at in one file */
#define MAX_SECTIONS 4096u

struct scan {
	struct file *f;
	struct xenpv_notes *out;
	unsigned left;		/* notes still looked at */
};

/* The field a numeric note goes to, or NULL. */
static uint64_t *number_of(struct xenpv_notes *n, uint32_t type)
{
	switch (type) {
	case XEN_ELFNOTE_ENTRY:
		return &n->entry;
	case XEN_ELFNOTE_HYPERCALL_PAGE:
		return &n->hypercall_page;
	case XEN_ELFNOTE_VIRT_BASE:
		return &n->virt_base;
	case XEN_ELFNOTE_PADDR_OFFSET:
		return &n->paddr_offset;
	case XEN_ELFNOTE_INIT_P2M:
		return &n->init_p2m;
	case XEN_ELFNOTE_MOD_START_PFN:
		return &n->mod_start_pfn;
	case XEN_ELFNOTE_PHYS32_ENTRY:
		return &n->pvh_entry;
	}
	return NULL;
}

static char *string_of(struct xenpv_notes *n, uint32_t type, size_t *size)
{
	*size = sizeof(n->loader);
	switch (type) {
	case XEN_ELFNOTE_XEN_VERSION:
		return n->xen_version;
	case XEN_ELFNOTE_LOADER:
		return n->loader;
	case XEN_ELFNOTE_GUEST_OS:
		return n->guest_os;
	case XEN_ELFNOTE_FEATURES:
		*size = sizeof(n->features);
		return n->features;
	}
	return NULL;
}

static int take_note(struct scan *s, uint32_t type, uint64_t off, uint32_t len)
{
	uint64_t *number = number_of(s->out, type), value = 0;
	size_t size;
	char *string = string_of(s->out, type, &size);
	int err;

	if (number && len != 4 && len != 8)
		return fail(ERR_EXEC_FORMAT, "Xen note %u has %u bytes", type,
			    len);
	if (string && len > size)
		return fail(ERR_EXEC_FORMAT, "Xen note %u is too long", type);
	s->out->n++;
	if (number) {
		err = fs_read(s->f, off, len, &value);
		*number = value;
		return err;
	}
	if (!string || !len)
		return 0;
	err = fs_read(s->f, off, len, string);
	string[len < size ? len : size - 1] = 0;
	return err;
}

/* The notes in LEN bytes at OFF.  A broken one ends the scan, as in Xen. */
static int scan_notes(struct scan *s, uint64_t off, uint64_t len)
{
	while (len >= sizeof(Elf64_Nhdr) && s->left) {
		Elf64_Nhdr h;
		uint64_t name, desc;
		char owner[4];
		int err = fs_read(s->f, off, sizeof(h), &h);

		if (err)
			return err;
		s->left--;
		name = (h.n_namesz + 3ul) & ~3ul;
		desc = (h.n_descsz + 3ul) & ~3ul;
		off += sizeof(h);
		len -= sizeof(h);
		if (name > len || h.n_descsz > len - name)
			return 0;
		if (h.n_namesz == sizeof(owner)) {
			err = fs_read(s->f, off, sizeof(owner), owner);
			if (!err && !memcmp(owner, "Xen", 4))
				err = take_note(s, h.n_type, off + name,
						h.n_descsz);
			if (err)
				return err;
		}
		if (desc > len - name)
			return 0;
		off += name + desc;
		len -= name + desc;
	}
	return 0;
}

static int scan_segments(struct scan *s, const Elf64_Ehdr *eh)
{
	for (unsigned i = 0; i < eh->e_phnum; i++) {
		Elf64_Phdr ph;
		int err = fs_read(s->f, eh->e_phoff + i * sizeof(ph),
				  sizeof(ph), &ph);

		if (!err && ph.p_type == PT_NOTE)
			err = scan_notes(s, ph.p_offset, ph.p_filesz);
		if (err)
			return err;
	}
	return 0;
}

/* NAME=VALUE of __xen_guest. */
static void take_pair(struct xenpv_notes *n, const char *name, const char *val)
{
	static const struct {
		const char *name;
		uint32_t type;
	} known[] = {
		{ "VIRT_ENTRY", XEN_ELFNOTE_ENTRY },
		{ "HYPERCALL_PAGE", XEN_ELFNOTE_HYPERCALL_PAGE },
		{ "VIRT_BASE", XEN_ELFNOTE_VIRT_BASE },
		{ "ELF_PADDR_OFFSET", XEN_ELFNOTE_PADDR_OFFSET },
		{ "XEN_VER", XEN_ELFNOTE_XEN_VERSION },
		{ "LOADER", XEN_ELFNOTE_LOADER },
		{ "GUEST_OS", XEN_ELFNOTE_GUEST_OS },
		{ "FEATURES", XEN_ELFNOTE_FEATURES },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t size, len = strlen(val);
		uint64_t *number = number_of(n, known[i].type);
		char *string = string_of(n, known[i].type, &size);

		if (strcmp(name, known[i].name))
			continue;
		if (number && number_take(&val, NULL, 0, UINT64_MAX, number))
			*number = 0;
		else if (!number && len < size)
			memcpy(string, val, len + 1);
	}
}

static int take_legacy(struct scan *s, uint64_t off, uint64_t len)
{
	char text[1024], *p = text;
	int err;

	if (len > sizeof(text) - 1)
		len = sizeof(text) - 1;
	err = fs_read(s->f, off, len, text);
	if (err)
		return err;
	text[len] = 0;
	s->out->legacy = true;
	s->out->n++;
	while (*p) {
		char *end = strchr(p, ','), *eq;

		if (end)
			*end = 0;
		eq = strchr(p, '=');
		if (eq) {
			*eq = 0;
			take_pair(s->out, p, eq + 1);
		}
		if (!end)
			break;
		p = end + 1;
	}
	return 0;
}

static int read_section(struct scan *s, const Elf64_Ehdr *eh, unsigned i,
			Elf64_Shdr *sh)
{
	return fs_read(s->f, eh->e_shoff + i * sizeof(*sh), sizeof(*sh), sh);
}

/* Does the section called SH have NAME? */
static int named(struct scan *s, const Elf64_Shdr *strings,
		 const Elf64_Shdr *sh, const char *name, bool *yes)
{
	size_t len = strlen(name) + 1;
	char buf[16];
	int err;

	*yes = false;
	if (sh->sh_name >= strings->sh_size ||
	    strings->sh_size - sh->sh_name < len)
		return 0;
	err = fs_read(s->f, strings->sh_offset + sh->sh_name, len, buf);
	*yes = !err && !memcmp(buf, name, len);
	return err;
}

/* SHT_NOTE sections, or with LEGACY the one called __xen_guest. */
static int scan_sections(struct scan *s, const Elf64_Ehdr *eh, bool legacy)
{
	Elf64_Shdr sh, strings;
	bool yes;
	int err;

	if (!eh->e_shnum || eh->e_shnum > MAX_SECTIONS ||
	    eh->e_shentsize != sizeof(sh) || eh->e_shstrndx >= eh->e_shnum)
		return 0;
	err = read_section(s, eh, eh->e_shstrndx, &strings);
	for (unsigned i = 0; !err && i < eh->e_shnum; i++) {
		err = read_section(s, eh, i, &sh);
		if (err)
			break;
		if (!legacy && sh.sh_type == SHT_NOTE) {
			err = scan_notes(s, sh.sh_offset, sh.sh_size);
		} else if (legacy && sh.sh_type != SHT_NOBITS) {
			err = named(s, &strings, &sh, "__xen_guest", &yes);
			if (!err && yes)
				return take_legacy(s, sh.sh_offset,
						   sh.sh_size);
		}
	}
	return err;
}

int xenpv_notes_read(struct file *f, const Elf64_Ehdr *eh,
		     struct xenpv_notes *out)
{
	struct scan s = { f, out, MAX_NOTES };
	int err;

	*out = (struct xenpv_notes){
		.entry = XENPV_NONE, .hypercall_page = XENPV_NONE,
		.virt_base = XENPV_NONE, .paddr_offset = XENPV_NONE,
		.init_p2m = XENPV_NONE, .mod_start_pfn = XENPV_NONE,
		.pvh_entry = XENPV_NONE,
	};
	err = scan_segments(&s, eh);
	if (!err && !out->n)
		err = scan_sections(&s, eh, false);
	if (!err && !out->n)
		err = scan_sections(&s, eh, true);
	return err;
}
