/*
 * Any bytes as twinboot.conf and as the names in a boot record: the record is
 * one line of JSON, whatever they are.  Lines of the input: the title, the
 * kernel's and two modules' paths; what follows them is twinboot.conf.
 */
#include <jansson.h>
#include <stdlib.h>

#include "menu/conf.h"
#include "menu/record.h"
#include "tests/fakeplat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct file conf;

static int conf_open(struct fs *fs, const char *path, struct file *out)
{
	if (strcmp(path, "/boot/grub/twinboot.conf"))
		return fail(ERR_FILE_NOT_FOUND, "%s", path);
	*out = conf;
	return 0;
}

/* The line printed is an object that says what was asked for. */
static void check(const struct boot_entry *e, bool hash)
{
	const char *line = fake.out;
	json_t *j, *files;
	json_error_t error;

	if (strncmp(line, "TWINBOOT {", 10) ||
	    strchr(line, '\n') != line + fake.n_out - 1)
		abort();
	j = json_loads(line + 9, 0, &error);
	files = json_object_get(j, "files");
	if (json_array_size(files) != 1 + e->n_modules ||
	    !json_is_string(json_object_get(j, "entry")) ||
	    hash != !!json_object_get(json_array_get(files, 0), "sha256"))
		abort();
	json_decref(j);
}

static void record(struct boot_entry *e)
{
	static const struct fs_driver driver = { .name = "conf",
						 .open = conf_open };
	static struct handover ho;
	struct mount mount = { .dev = { 0, -1 },
			       .fs = { .driver = &driver } };
	struct config config = { .root = { 0, -1 }, .dir = "/boot/grub" };
	struct runner r = { .p = &fake.p, .config = &config, .entry = e,
		.mounts = { .p = &fake.p, .n = 1, .mount = { &mount } } };
	const struct settings *settings = &config.settings;
	struct record rec;

	ho = (struct handover){ .format = "fuzz" };
	err_clear();
	conf_read(&config, &r.mounts);
	fake.n_out = 0;
	if (record_prepare(&rec, &r, &ho))
		abort();
	if (!settings->record)
		return;
	ho.loaded(&ho);
	check(e, settings->record_hash);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[1 << 18];
	char *text = malloc(len + 1), *line[4], *rest = text;
	struct boot_entry e = { .n_modules = 2 };

	memcpy(text, data, len);
	text[len] = 0;
	for (unsigned i = 0; i < 4; i++) {
		line[i] = rest;
		rest += strcspn(rest, "\n");
		if (*rest)
			*rest++ = 0;
		if (strlen(line[i]) > 1500)
			line[i][1500] = 0;
	}
	fake_init(NULL, 0, room, sizeof(room));
	fs_mem_file(&conf, rest, (size_t)(text + len - rest));
	e.title = line[0];
	e.kernel_path = line[1];
	fs_mem_file(&e.kernel, data, len);
	for (unsigned i = 0; i < 2; i++) {
		e.module[i].path = line[2 + i];
		fs_mem_file(&e.module[i].file, data, len / (i + 1));
	}
	record(&e);
	free(text);
	return 0;
}
