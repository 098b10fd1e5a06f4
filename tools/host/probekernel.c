/*
 * The words are looked for in the file as it is, in what it is compressed into
 * as a whole, and in a bzImage's payload: the ways that kernelgen has.
 */
#include "tools/host/probekernel.h"

#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "loader/kernel/linux/linux_image.h"
#include "loader/unpack/unpack.h"
#include "tools/host/boot/hostboot.h"

#define PAYLOAD_MAX (16u << 20)	/* bytes of a kernel that are unpacked */
#define ARENA (32u << 20)

/* kernelgen/probe/report.c */
static const char words[] = "PROBE {\"entry\":";

static bool has_words(const void *data, size_t len)
{
	return memmem(data, len, words, sizeof(words) - 1);
}

/* In the LEN bytes at OFF of FILE, which are compressed; what fits of them. */
static bool is_in(struct file *file, uint64_t off, uint64_t len)
{
	uint8_t head[16] = { 0 };
	size_t n = len < sizeof(head) ? len : sizeof(head);
	const struct unpack_method *method = fs_read(file, off, n, head) ?
		NULL : unpack_find(span_of(head, n));
	struct arena arena = { malloc(ARENA), ARENA, 0 };
	struct unpack_sink sink = { .max = PAYLOAD_MAX, .whole = !off,
				    .mem = malloc(PAYLOAD_MAX) };
	bool found = false;

	if (method && arena.base && sink.mem) {
		unpack_run(method, file, off, len, &arena, &sink);
		found = has_words(sink.mem, sink.done < PAYLOAD_MAX ?
				  sink.done : PAYLOAD_MAX);
	}
	free(arena.base);
	free(sink.mem);
	err_clear();
	return found;
}

bool probekernel_is(struct file *file)
{
	char *data = hostboot_slurp(file);
	bool found = data && has_words(data, file->size);
	uint64_t off, len;

	free(data);
	if (!data || found)
		return found;
	if (!linux_payload(file, &off, &len))
		return is_in(file, off, len);
	err_clear();
	return is_in(file, 0, file->size);
}
