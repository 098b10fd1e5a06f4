/*
 * The boot record's line is composed before the kernel is loaded; when all is
 * in place only the two counts are added, so that they cover the loading.
 */
#include "menu/record.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/fmt.h"
#include "loader/hash.h"
#include "menu/utf8.h"

static void put(struct record *rec, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct record *rec, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	rec->len += vfmt(rec->text + rec->len, rec->size - rec->len, format,
			 ap);
	va_end(ap);
}

/* S as a JSON string; what is not UTF-8 as the text \xNN. */
static void put_string(struct record *rec, const char *s)
{
	put(rec, "\"");
	while (*s) {
		size_t n = utf8_length(s);

		if (!n)
			put(rec, "\\\\x%02x", (uint8_t)*s);
		else if ((uint8_t)*s < ' ')
			put(rec, "\\u%04x", (uint8_t)*s);
		else if (*s == '"' || *s == '\\')
			put(rec, "\\%c", *s);
		else
			put(rec, "%.*s", (int)n, s);
		s += n ? n : 1;
	}
	put(rec, "\"");
}

/* The SHA-256 of F in hexadecimal. */
static int put_hash(struct record *rec, struct file *f)
{
	uint8_t digest[HASH_SIZE];
	int err = rec->p->hash(rec->p, f, digest);

	if (err)
		return err;
	put(rec, ",\"sha256\":\"");
	for (unsigned i = 0; i < sizeof(digest); i++)
		put(rec, "%02x", digest[i]);
	put(rec, "\"");
	return 0;
}

static int put_file(struct record *rec, const char *path, struct file *f)
{
	int err;

	put(rec, "{\"path\":");
	put_string(rec, path);
	put(rec, ",\"size\":%lu", f->size);
	if (rec->hash && (err = put_hash(rec, f)))
		return err;
	put(rec, "}");
	return 0;
}

static int put_files(struct record *rec, struct boot_entry *e)
{
	int err = put_file(rec, e->kernel_path, &e->kernel);

	for (unsigned i = 0; !err && i < e->n_modules; i++) {
		put(rec, ",");
		err = put_file(rec, e->module[i].path, &e->module[i].file);
	}
	return err;
}

/* The most that the line can take: \u00XX for every byte of every string. */
static size_t line_max(const struct boot_entry *e)
{
	size_t strings = strlen(e->title) + strlen(e->kernel_path);

	for (unsigned i = 0; i < e->n_modules; i++)
		strings += strlen(e->module[i].path);
	return 6 * strings + (e->n_modules + 1) * 128 + 256;
}

static void print(const struct handover *ho)
{
	struct record *rec = ho->loaded_ctx;
	const struct platform *p = rec->p;
	uint64_t firmware = p->firmware_tsc ? p->firmware_tsc() : 0;
	uint64_t backend = p->backend_tsc ? p->backend_tsc() : 0;
	uint64_t all = __builtin_ia32_rdtsc() - p->start_tsc;

	put(rec, ",\"tsc_start\":%lu,\"tsc_own\":%lu,\"tsc_firmware\":%lu",
	    p->start_tsc, all - firmware - backend, firmware);
	if (p->backend_tsc)
		put(rec, ",\"tsc_backend\":%lu", backend);
	put(rec, "}\n");
	/* Who reads it need not be where the user is. */
	if (p->use_consoles)
		p->use_consoles(CONSOLE_SCREEN | CONSOLE_SERIAL);
	p->write(rec->text, rec->len);
}

int record_prepare(struct record *rec, struct runner *r, struct handover *ho)
{
	const struct settings *s = &r->config->settings;
	struct arena *arena = r->p->arena;
	int err;

	*rec = (struct record){ .p = r->p, .hash = s->record_hash };
	if (!s->record)
		return 0;
	rec->size = line_max(r->entry);
	rec->text = arena_alloc(arena, rec->size);
	if (!rec->text)
		return ERR_NO_MEMORY;
	put(rec, "TWINBOOT {\"path\":\"%s\",\"entry\":", r->p->name);
	put_string(rec, r->entry->title);
	put(rec, ",\"format\":\"%s\",\"files\":[", ho->format);
	err = put_files(rec, r->entry);
	if (err)
		return err;
	put(rec, "]");
	ho->loaded = print;
	ho->loaded_ctx = rec;
	return 0;
}
