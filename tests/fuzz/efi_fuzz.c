/*
 * Any bytes as what `kernel' or `chainloader' names under UEFI: what is taken
 * for an EFI program must be one, and its pieces lie in the files.  The first
 * byte: whether it is chainloaded, and how many initrds there are.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check(const struct boot_entry *e, const struct handover *ho)
{
	must(ho->mode == GO_EFI && ho->n >= 1 && ho->n <= 1 + e->n_modules);
	must(ho->piece[0].file == &e->kernel &&
	     ho->piece[0].len == e->kernel.size);
	must(ho->extra.path && ho->extra.path[0] == '/');
	for (unsigned i = 1; i < ho->n; i++) {
		const struct piece *p = &ho->piece[i];

		must(p->len && p->len <= p->size && p->file &&
		     p->len == p->file->size);
		must(i == 1 ? !p->addr : p->addr == p[-1].addr + p[-1].size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct kernel_format *const formats[] = {
		&efi_format, NULL
	};
	static uint8_t room[1 << 16];
	struct arena arena = { room, sizeof(room), 0 };
	static struct memmap map;
	static struct handover ho;
	struct boot_entry e = { .kernel_path = "(hd0,0)/k", .args = "quiet" };
	uint8_t *copy;
	int err;

	if (!size)
		return 0;
	copy = malloc(size);
	memcpy(copy, data + 1, size - 1);
	e.chain = data[0] & 1;
	e.n_modules = data[0] >> 1 & 3;
	e.initrd_given = true;
	fs_mem_file(&e.kernel, copy, size - 1);
	for (unsigned i = 0; i < e.n_modules; i++) {
		e.module[i].path = "/i";
		fs_mem_file(&e.module[i].file, copy, (size - 1) >> i);
	}
	err_clear();
	err = kernel_load(formats, &e, &map, &arena, &ho);
	must(!err == !err_text()[0]);
	if (!err) {
		must(size > 1 && copy[0] == 'M' && copy[1] == 'Z');
		check(&e, &ho);
	}
	free(copy);
	return 0;
}
