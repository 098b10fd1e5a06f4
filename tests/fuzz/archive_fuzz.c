/*
 * Archives into trees, and trees into ext: the first byte chooses what comes
 * first.  Whatever the archive, the tree can be walked, each of its files can
 * be read to its end, and a dry run of the writer has an answer.
 */
#include <archive.h>
#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/image/fs/ext.h"
#include "tools/image/fs/fat_names.h"
#include "tools/image/fs/mkfs.h"
#include "tools/image/tree/data.h"
#include "tools/image/tree/gate.h"
#include "tools/image/tree/source.h"
#include "tools/image/tree/spool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLE_MAX (1u << 24)	/* bytes that are read of one file */

static int look(struct tree_visitor *v, struct tree_node *n, const char *path)
{
	static uint8_t buf[65536];
	struct data_reader r;
	uint64_t sum = 0, start;
	ssize_t got;

	if (S_ISDIR(n->mode))
		assert(!n->number || n->dir.parent->number < n->number);
	if (!S_ISREG(n->mode) || data_open(&r, n, path))
		return 0;
	while ((got = data_read(&r, buf, sizeof(buf), &start)) > 0) {
		assert(start + (uint64_t)got <= n->size);
		sum += (uint64_t)got;
		if (sum > HOLE_MAX)
			break;
	}
	assert(got >= 0);
	data_close(&r);
	return 0;
}

static void use(struct tree *t, uint8_t how)
{
	struct tree_visitor v = { look };
	struct ext x = { .extents = how & 1, .csum = how & 1,
			 .dir_nlink = how & 1, .huge = how & 1,
			 .inode_size = how & 8 ? 128 : 256 };

	if (mkext_prepare(t))
		return;
	filetree_finish(t);
	filetree_walk(t, &v);
	fat_names_check(t);
	ext_write(&x, t);
	free(x.piece);
	free(x.free);
	free(x.buf);
}

static int open_memory(struct archive *a, const uint8_t *data, size_t size)
{
	archive_read_support_format_tar(a);
	archive_read_support_filter_gzip(a);
	return archive_read_open_memory(a, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int null = -1;
	struct archive *a = archive_read_new();
	struct tree all, own;
	uint64_t n;

	/* Errors are not what is looked for. */
	if (null < 0 && (null = open("/dev/null", O_WRONLY)) >= 0)
		dup2(null, STDOUT_FILENO);
	spool_begin(NULL);
	source_begin("-", NULL, false);
	filetree_init(&all, NULL);
	filetree_init(&own, &all);
	if (size && open_memory(a, data + 1, size - 1) == ARCHIVE_OK &&
	    !source_archive(&own, data[0] & 16 ? &all : NULL, a, "fuzz", &n) &&
	    !source_container(&own, "fuzz") &&
	    !gate_merge(&all, &own, data[0] & 2) &&
	    !gate_merge(&all, &own, data[0] & 4))
		use(&all, data[0]);
	archive_read_free(a);
	filetree_free(&own);
	filetree_free(&all);
	spool_end();
	return 0;
}
