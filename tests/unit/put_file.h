/*
 * A file of an archive that a test makes.
 */
#ifndef TESTS_UNIT_PUT_FILE_H
#define TESTS_UNIT_PUT_FILE_H

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

static inline void put_file(struct archive *a, const char *path,
			    const char *text)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, path);
	archive_entry_set_size(e, (la_int64_t)strlen(text));
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_write_header(a, e);
	archive_write_data(a, text, strlen(text));
	archive_entry_free(e);
}

#endif
