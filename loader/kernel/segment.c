#include "loader/kernel/segment.h"

#include "loader/base/err.h"

int segment_check_entry(const struct segment *s, unsigned n, uint64_t entry)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (entry >= s[i].addr && entry - s[i].addr < s[i].len)
			return 0;
	return fail(ERR_EXEC_FORMAT, "entry %lx outside the image", entry);
}
