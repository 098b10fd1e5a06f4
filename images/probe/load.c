/*
 * Kernel modules by name, with what they depend on, out of any initramfs: its
 * tools and its modules.dep may be missing or of another kind, but each module
 * itself says what it needs.  Packed modules are unpacked here: not every
 * kernel can, and busybox knows no zstd.
 */
#include "images/probe/probe.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loader/unpack/unpack.h"

#define MODULES_MAX 16384
#define MODULE_MAX (64u << 20)	/* bytes, unpacked */
#define ARENA (64u << 20)

struct module {
	char *name;		/* with '_' in place of '-' */
	char *path;
	int done;
};

static struct module modules[MODULES_MAX];
static unsigned n_modules;

static void normalize(char *name)
{
	for (; *name; name++)
		if (*name == '-')
			*name = '_';
}

static int add_file(const char *path, const struct stat *st, int type,
		    struct FTW *ftw)
{
	const char *base = path + ftw->base, *ko = strstr(base, ".ko");
	struct module *m = &modules[n_modules];

	if (type != FTW_F || !ko || (ko[3] && ko[3] != '.') ||
	    n_modules == MODULES_MAX)
		return 0;
	m->path = strdup(path);
	m->name = strndup(base, (size_t)(ko - base));
	if (!m->path || !m->name)
		return 1;
	normalize(m->name);
	n_modules++;
	return 0;
}

static struct module *find(const char *name)
{
	for (unsigned i = 0; i < n_modules; i++)
		if (!strcmp(modules[i].name, name))
			return &modules[i];
	return NULL;
}

static void *get_memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		       MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* The LEN bytes at DATA unpacked into new memory of MODULE_MAX bytes. */
static char *unpack(const char *data, size_t *len)
{
	const struct unpack_method *u = unpack_find(span_of(data, *len));
	struct unpack_sink sink = { .max = MODULE_MAX };
	struct arena arena = { .size = ARENA };
	struct file f;

	sink.mem = get_memory(MODULE_MAX);
	arena.base = get_memory(ARENA);
	fs_mem_file(&f, data, *len);
	if (!sink.mem || !arena.base ||
	    (u && unpack_run(u, &f, 0, *len, &arena, &sink)))
		*len = 0;
	else if (!u)
		memcpy(sink.mem, data, *len);
	else
		*len = sink.done;
	if (arena.base)
		munmap(arena.base, ARENA);
	return (char *)sink.mem;
}

/* A module's bytes, for munmap; *LEN 0: it cannot be had. */
static char *read_module(const struct module *m, size_t *len)
{
	char *data = get_memory(MODULE_MAX), *out = NULL;
	FILE *f = fopen(m->path, "r");

	*len = f && data ? fread(data, 1, MODULE_MAX, f) : 0;
	if (*len)
		out = unpack(data, len);
	if (f)
		fclose(f);
	if (data)
		munmap(data, MODULE_MAX);
	return out;
}

/* "depends=a,b" of the section .modinfo, or "". */
static const char *depends(const char *data, size_t len)
{
	static const char key[] = "\0depends=";
	const char *at = memmem(data, len, key, sizeof(key) - 1);

	return at ? at + sizeof(key) - 1 : "";
}

static void load(struct module *m)
{
	char needs[1024], *word, *save;
	size_t len;
	char *data;

	if (!m || m->done)
		return;
	m->done = 1;	/* also ends a circle */
	data = read_module(m, &len);
	snprintf(needs, sizeof(needs), "%s", len ? depends(data, len) : "");
	normalize(needs);
	for (word = strtok_r(needs, ",", &save); word;
	     word = strtok_r(NULL, ",", &save))
		load(find(word));
	/* It fails where its hardware is not, or when it is there already. */
	if (len)
		syscall(SYS_init_module, data, len, "");
	if (data)
		munmap(data, MODULE_MAX);
}

int load_modules(int n, char **args)
{
	if (n < 1)
		return 2;
	nftw(args[0], add_file, 16, FTW_PHYS);
	for (int i = 1; i < n; i++) {
		normalize(args[i]);
		load(find(args[i]));
	}
	return 0;
}
