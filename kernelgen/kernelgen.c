/* kernelgen: makes probe kernels, wraps and unwraps kernel files. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernelgen/blobs.h"
#include "kernelgen/bzimage.h"
#include "kernelgen/wrap.h"
#include "kernelgen/xenpv.h"
#include "loader/base/err.h"
#include "loader/base/number.h"

static const char usage[] =
	"kernelgen --format bzimage [--entry 64|32|16] [--protocol 2.NN]\n"
	"          [--pad SIZE] -o FILE\n"
	"kernelgen --format bzimage-efi|efi-app [--pad SIZE] -o FILE\n"
	"kernelgen --format xenpv [--hypercall-page] [--pad SIZE] -o FILE\n"
	"kernelgen --format bzimage-pv [--compress METHOD] [--pad SIZE]\n"
	"          [--elf ELF | --hypercall-page] -o FILE\n"
	"kernelgen --format bootsector -o FILE\n"
	"kernelgen --unpack KERNEL -o FILE\n"
	"kernelgen --list\n"
	"SIZE is the file's, in bytes or with K, M or G.\n"
	"METHOD: gzip bzip2 lzma xz lz4 lz4-frame zstd lzo none\n";

#define BOOTSECTOR 512

struct options {
	const char *format, *out, *compress, *elf, *unpack;
	struct bzimage bz;
	int hypercall_page;
};

static int bad(const char *what, const char *value)
{
	return fail(ERR_ARGUMENT, "%s %s", what, value);
}

static int parse_size(const char *s, uint64_t *v)
{
	return number_size(s, NULL, v) ? bad("--pad", s) : 0;
}

static int parse_entry(const char *s, unsigned *entry)
{
	uint64_t v;

	if (number_whole(s, 64, &v))
		return bad("--entry", s);
	*entry = (unsigned)v;
	return 0;
}

static int parse_protocol(const char *s, unsigned *protocol)
{
	uint64_t v;

	if (strncmp(s, "2.", 2) || strlen(s) != 4 ||
	    number_whole(s + 2, 0xf, &v))
		return bad("--protocol", s);
	*protocol = 0x200 | (unsigned)v;
	return 0;
}

enum { ENTRY = 256, PROTOCOL, PAD, FORMAT, COMPRESS, ELF, UNPACK,
       HYPERCALL_PAGE, LIST };

static const struct option long_options[] = {
	{ "format", required_argument, NULL, FORMAT },
	{ "entry", required_argument, NULL, ENTRY },
	{ "protocol", required_argument, NULL, PROTOCOL },
	{ "pad", required_argument, NULL, PAD },
	{ "compress", required_argument, NULL, COMPRESS },
	{ "elf", required_argument, NULL, ELF },
	{ "hypercall-page", no_argument, NULL, HYPERCALL_PAGE },
	{ "unpack", required_argument, NULL, UNPACK },
	{ "list", no_argument, NULL, LIST },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int set_option(struct options *o, int c)
{
	switch (c) {
	case FORMAT:
		o->format = optarg;
		return 0;
	case ENTRY:
		return parse_entry(optarg, &o->bz.entry);
	case PROTOCOL:
		return parse_protocol(optarg, &o->bz.protocol);
	case PAD:
		return parse_size(optarg, &o->bz.size);
	case COMPRESS:
		o->compress = optarg;
		return 0;
	case ELF:
		o->elf = optarg;
		return 0;
	case HYPERCALL_PAGE:
		o->hypercall_page = 1;
		return 0;
	case UNPACK:
		o->unpack = optarg;
		return 0;
	case 'o':
		o->out = optarg;
		return 0;
	default:
		return fail(ERR_ARGUMENT, "see kernelgen --help");
	}
}

/* The final name never has half a file. */
static int write_file(const char *path, const void *p, size_t len)
{
	char *tmp;
	FILE *f;
	int bad_write;

	if (asprintf(&tmp, "%s.%d.tmp", path, (int)getpid()) < 0)
		return fail(ERR_NO_MEMORY, "%s", path);
	f = fopen(tmp, "wb");
	bad_write = !f || fwrite(p, 1, len, f) != len;
	if (f && fclose(f))
		bad_write = 1;
	if (bad_write || rename(tmp, path)) {
		fail(ERR_WRITE, "%s: %s", path, strerror(errno));
		unlink(tmp);
		free(tmp);
		return ERR_WRITE;
	}
	free(tmp);
	return 0;
}

static uint8_t *unpack(const char *path, size_t *len)
{
	size_t in_len;
	uint8_t *in = wrap_read(path, &in_len), *out;

	out = in ? wrap_unpack(in, in_len, len) : NULL;
	free(in);
	return out;
}

static uint8_t *make_bzimage(const struct options *o, size_t *len)
{
	return bzimage_make(&o->bz, len);
}

static uint8_t *make_efi(const struct options *o, int efi, size_t *len)
{
	struct bzimage b = o->bz;

	b.efi = efi;
	return bzimage_make(&b, len);
}

static uint8_t *make_efi_stub(const struct options *o, size_t *len)
{
	return make_efi(o, EFI_STUB, len);
}

static uint8_t *make_efi_app(const struct options *o, size_t *len)
{
	return make_efi(o, EFI_APP, len);
}

static uint8_t *make_bootsector(const struct options *o, size_t *len)
{
	uint8_t *file = malloc(BOOTSECTOR);

	if (!file) {
		fail(ERR_NO_MEMORY, "%d bytes", BOOTSECTOR);
		return NULL;
	}
	*len = BOOTSECTOR;
	return memcpy(file, probe_bootsector, BOOTSECTOR);
}

static uint8_t *make_xenpv(const struct options *o, size_t *len)
{
	return xenpv_make(o->hypercall_page, o->bz.size, len);
}

static uint8_t *make_pv(const struct options *o, size_t *len)
{
	size_t elf_len;
	uint8_t *elf, *out;

	elf = o->elf ? wrap_read(o->elf, &elf_len) :
	      xenpv_make(o->hypercall_page, 0, &elf_len);
	out = elf ? wrap_pack(o->compress, elf, elf_len, o->bz.size, len) :
	      NULL;
	free(elf);
	return out;
}

static const struct {
	const char *name, *what;
	uint8_t *(*make)(const struct options *o, size_t *len);
} formats[] = {
	{ "bzimage", "Linux", make_bzimage },
	{ "bzimage-efi", "Linux with an EFI stub", make_efi_stub },
	{ "bzimage-pv", "Linux whose payload is a Xen PV kernel", make_pv },
	{ "bootsector", "a boot sector", make_bootsector },
	{ "efi-app", "an EFI application", make_efi_app },
	{ "xenpv", "a Xen PV kernel", make_xenpv },
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static void list(void)
{
	for (size_t i = 0; i < FORMATS; i++)
		printf("%-12s %s\n", formats[i].name, formats[i].what);
}

static uint8_t *make(const struct options *o, size_t *len)
{
	if (o->unpack)
		return unpack(o->unpack, len);
	for (size_t i = 0; i < FORMATS; i++)
		if (!strcmp(o->format, formats[i].name))
			return formats[i].make(o, len);
	bad("--format", o->format);
	return NULL;
}

static int run(const struct options *o)
{
	uint8_t *file;
	size_t len;
	int err;

	if (!o->out || !o->format == !o->unpack)
		return fail(ERR_ARGUMENT,
			    "-o and either --format or --unpack are needed");
	file = make(o, &len);
	if (!file)
		return ERR_ARGUMENT;
	err = write_file(o->out, file, len);
	free(file);
	return err;
}

int main(int argc, char **argv)
{
	struct options o = { .bz.entry = 64, .compress = "gzip" };
	int c, err = 0;

	while (!err && (c = getopt_long(argc, argv, "o:h", long_options,
					NULL)) != -1) {
		if (c == 'h' || c == LIST) {
			if (c == LIST)
				list();
			else
				fputs(usage, stdout);
			return 0;
		}
		err = set_option(&o, c);
	}
	if (!err && optind < argc)
		err = bad("argument", argv[optind]);
	if (!err)
		err = run(&o);
	if (err)
		fprintf(stderr, "kernelgen: %s\n", err_text());
	return err ? 1 : 0;
}
