/* kernelgen: makes probe kernels, wraps and unwraps kernel files. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernelgen/blobs.h"
#include "kernelgen/bzimage.h"
#include "kernelgen/carry.h"
#include "kernelgen/pack.h"
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
	"kernelgen --format multiboot|multiboot2|pvh|uki|fit|bootsector\n"
	"          -o FILE\n"
	"kernelgen --unpack KERNEL -o FILE\n"
	"kernelgen --list|--help|--version\n"
	"SIZE is the file's, in bytes or with K, M or G, also as MiB.\n"
	"--gzip packs the whole file.\n"
	"METHOD: gzip bzip2 lzma xz lz4 lz4-frame zstd lzo none\n";

struct options {
	const char *format, *out, *compress, *elf, *unpack;
	struct bzimage bz;
	int hypercall_page, gzip;
	unsigned given;		/* a bit for each of the enum below */
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

	if (number_whole(s, 64, &v) || (v != 64 && v != 32 && v != 16))
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

enum { ENTRY = 256, PROTOCOL, PAD, COMPRESS, ELF, HYPERCALL_PAGE, FORMAT,
       UNPACK, GZIP, LIST, VERSION };
#define BIT(option) (1u << ((option) - ENTRY))

static const struct option long_options[] = {
	{ "format", required_argument, NULL, FORMAT },
	{ "entry", required_argument, NULL, ENTRY },
	{ "protocol", required_argument, NULL, PROTOCOL },
	{ "pad", required_argument, NULL, PAD },
	{ "compress", required_argument, NULL, COMPRESS },
	{ "elf", required_argument, NULL, ELF },
	{ "gzip", no_argument, NULL, GZIP },
	{ "hypercall-page", no_argument, NULL, HYPERCALL_PAGE },
	{ "unpack", required_argument, NULL, UNPACK },
	{ "list", no_argument, NULL, LIST },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, VERSION },
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
	case GZIP:
		o->gzip = 1;
		return 0;
	case UNPACK:
		o->unpack = optarg;
		return 0;
	case 'o':
		o->out = optarg;
		return 0;
	default:
		return ERR_ARGUMENT;
	}
}

/* The final name never has half a file; a device is not replaced by one. */
static int write_file(const char *path, const void *p, size_t len)
{
	struct stat st;
	char *tmp;
	FILE *f;
	int bad_write;

	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return fail(ERR_WRITE, "%s: not a regular file", path);
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

/* What the Makefile has made, as it is. */
static uint8_t *copy(const uint8_t *from, const uint8_t *end, size_t *len)
{
	uint8_t *file;

	*len = (size_t)(end - from);
	file = malloc(*len);
	if (!file) {
		fail(ERR_NO_MEMORY, "%zu bytes", *len);
		return NULL;
	}
	return memcpy(file, from, *len);
}

static uint8_t *make_bootsector(const struct options *o, size_t *len)
{
	return copy(probe_bootsector, probe_bootsector_end, len);
}

static uint8_t *make_multiboot(const struct options *o, size_t *len)
{
	return copy(probe_multiboot, probe_multiboot_end, len);
}

static uint8_t *make_multiboot2(const struct options *o, size_t *len)
{
	return copy(probe_multiboot2, probe_multiboot2_end, len);
}

static uint8_t *make_pvh(const struct options *o, size_t *len)
{
	return copy(probe_pvh, probe_pvh_end, len);
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
	out = elf ? wrap_pack(o->compress, elf, elf_len, false, o->bz.size,
			      len) : NULL;
	free(elf);
	return out;
}

/* A kernel for every path: with an EFI stub, its payload for PV. */
static uint8_t *make_carried(size_t *len)
{
	size_t elf_len;
	uint8_t *elf = xenpv_make(0, 0, &elf_len), *out;

	out = elf ? wrap_pack("gzip", elf, elf_len, true, 0, len) : NULL;
	free(elf);
	return out;
}

static uint8_t *make_fit(const struct options *o, size_t *len)
{
	size_t kernel_len;
	uint8_t *kernel = make_carried(&kernel_len), *out;

	out = kernel ? carry_fit(kernel, kernel_len, len) : NULL;
	free(kernel);
	return out;
}

static uint8_t *make_uki(const struct options *o, size_t *len)
{
	size_t kernel_len, app_len;
	uint8_t *kernel = make_carried(&kernel_len);
	uint8_t *app = make_efi_app(o, &app_len), *out;

	out = kernel && app ?
	      carry_uki(app, app_len, kernel, kernel_len, len) : NULL;
	free(kernel);
	free(app);
	return out;
}

static const struct {
	const char *name, *what;
	uint8_t *(*make)(const struct options *o, size_t *len);
	unsigned takes;		/* the options that it has */
} formats[] = {
	{ "bootsector", "a boot sector", make_bootsector },
	{ "bzimage", "Linux", make_bzimage,
	  BIT(ENTRY) | BIT(PROTOCOL) | BIT(PAD) },
	{ "bzimage-efi", "Linux with an EFI stub", make_efi_stub, BIT(PAD) },
	{ "bzimage-pv", "Linux whose payload is a Xen PV kernel", make_pv,
	  BIT(COMPRESS) | BIT(PAD) | BIT(ELF) | BIT(HYPERCALL_PAGE) },
	{ "efi-app", "an EFI application", make_efi_app, BIT(PAD) },
	{ "fit", "a FIT image of a Linux kernel", make_fit },
	{ "multiboot", "a Multiboot 1 kernel", make_multiboot },
	{ "multiboot2", "a Multiboot 2 kernel for EFI", make_multiboot2 },
	{ "pvh", "an ELF kernel with a PVH note", make_pvh },
	{ "uki", "a unified kernel image", make_uki },
	{ "xenpv", "a Xen PV kernel", make_xenpv,
	  BIT(HYPERCALL_PAGE) | BIT(PAD) },
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* What C, one of the options that only tell something, asks for. */
static int tell(int c)
{
	if (c == 'h')
		fputs(usage, stdout);
	if (c == VERSION)
		puts("kernelgen " TWINBOOT_VERSION);
	for (size_t i = 0; c == LIST && i < FORMATS; i++)
		printf("%-12s %s\n", formats[i].name, formats[i].what);
	return ferror(stdout) || fclose(stdout) ?
	       fail(ERR_WRITE, "standard output: %s", strerror(errno)) : 0;
}

/* The one called NAME, or FORMATS. */
static size_t find_format(const char *name)
{
	size_t i = 0;

	while (i < FORMATS && strcmp(name, formats[i].name))
		i++;
	return i;
}

static uint8_t *make(const struct options *o, size_t *len)
{
	return o->unpack ? unpack(o->unpack, len) :
	       formats[find_format(o->format)].make(o, len);
}

/* FILE, freed, as a gzip file. */
static uint8_t *gzip(uint8_t *file, size_t *len)
{
	uint8_t *packed = pack("gzip", file, *len, 0, len);

	free(file);
	return packed;
}

/* An option that FORMAT, NULL for --unpack, would not heed. */
static int check_options(const struct options *o, unsigned takes)
{
	for (int c = ENTRY; c <= HYPERCALL_PAGE; c++) {
		const struct option *l = long_options;

		if (!(o->given & ~takes & BIT(c)))
			continue;
		while (l->val != c)
			l++;
		return fail(ERR_ARGUMENT, "--%s: not for %s%s", l->name,
			    o->format ? "--format " : "--unpack",
			    o->format ? o->format : "");
	}
	if (o->elf && o->hypercall_page)
		return fail(ERR_ARGUMENT,
			    "--elf and --hypercall-page: one of them");
	return 0;
}

/* What was asked for can be made. */
static int check(const struct options *o)
{
	size_t i;

	if (!o->out || !o->format == !o->unpack)
		return fail(ERR_ARGUMENT,
			    "-o and either --format or --unpack are needed");
	if (o->unpack)
		return check_options(o, 0);
	i = find_format(o->format);
	if (i == FORMATS)
		return bad("--format", o->format);
	if (!pack_knows(o->compress))
		return bad("--compress", o->compress);
	return check_options(o, formats[i].takes);
}

static int run(const struct options *o)
{
	size_t len;
	uint8_t *file = make(o, &len);
	int err;

	if (file && o->gzip)
		file = gzip(file, &len);
	if (!file)
		return ERR_ARGUMENT;
	err = write_file(o->out, file, len);
	free(file);
	return err;
}

/* As twinboot's: 1 for an error, 2 for wrong usage. */
static int end(int err, int status)
{
	if (!err)
		return 0;
	fputs("kernelgen: ", stderr);
	/* A name may hold what a terminal obeys. */
	for (const char *s = err_text(); *s; s++)
		fprintf(stderr, *s < ' ' || *s > '~' ? "\\x%02x" : "%c",
			(unsigned char)*s);
	fputc('\n', stderr);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { .bz.entry = 64, .compress = "gzip" };
	int c, err = 0;

	opterr = 0;
	while (!err && (c = getopt_long(argc, argv, ":o:h", long_options,
					NULL)) != -1) {
		if (c == 'h' || c == LIST || c == VERSION)
			return end(tell(c), 1);
		if (c == ':' || c == '?')
			return end(fail(ERR_ARGUMENT, "%s: %s; see kernelgen "
					"--help", argv[optind - 1], c == ':' ?
					"needs an argument" :
					"no such option"), 2);
		if (c >= ENTRY)
			o.given |= BIT(c);
		err = set_option(&o, c);
	}
	if (!err && optind < argc)
		err = bad("argument", argv[optind]);
	if (!err)
		err = check(&o);
	return err ? end(err, 2) : end(run(&o), 1);
}
