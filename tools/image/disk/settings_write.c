/*
 * Both copies of the settings.  What a loader would only tell is an error here,
 * where there is somebody to mend it.
 */
#include "tools/image/disk/settings_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "loader/disk/bootarea.h"
#include "loader/settings_find.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/image/tree/source.h"
#include "tools/output.h"
#include "tools/report.h"
#include "tools/tempfile.h"

struct check {
	const char *name;
	int err;
};

static void tell(void *ctx, const char *line)
{
	struct check *c = ctx;

	if (!c->err)
		c->err = report_error("%s: %s: not understood", c->name, line);
}

int settings_write_check(const char *name, const char *text)
{
	struct check c = { .name = name };
	struct settings s;

	if (strlen(text) > SETTINGS_MAX)
		return report_error("%s: more than %u bytes", name,
				    SETTINGS_MAX);
	settings_parse(&s, text, tell, &c);
	return c.err;
}

char *settings_write_read(const char *file)
{
	char *text = calloc(1, SETTINGS_MAX + 2);
	FILE *f = fopen(file, "re");
	size_t n = f && text ? fread(text, 1, SETTINGS_MAX + 1, f) : 0;
	int err = !f || !text || ferror(f) ? report_errno("%s", file) : 0;

	output_protect(file);
	if (f)
		fclose(f);
	if (!err && strlen(text) < n)
		err = report_error("%s: not a text", file);
	if (!err)
		err = settings_write_check(file, text);
	if (err) {
		free(text);
		text = NULL;
	}
	return text;
}

int settings_write_block(int fd, uint32_t sector, const char *text)
{
	static struct part_list parts;
	struct settings_block block;
	struct hostdisk disk;
	struct bootarea area;
	uint64_t lba;

	if (hostdisk_attach(&disk, "hd0", fd, sector) ||
	    part_read(&disk.blk, &parts))
		return report_error("%s", err_text());
	if (!bootarea_find(&disk.blk, &parts, &area) ||
	    !bootarea_unit(&disk.blk, &area, BOOTAREA_SETTINGS, &lba))
		return 1;
	if (!settings_block_make(&block, text))
		return report_error("the settings: more than %u bytes",
				    SETTINGS_MAX);
	if (tempfile_write(fd, lba * sector, &block, sizeof(block)))
		return report_errno("writing the settings");
	return 0;
}

int settings_write_file(struct tree *esp, const char *text)
{
	return source_add_text(esp, &SETTINGS_ESP_FILE[1], text);
}
