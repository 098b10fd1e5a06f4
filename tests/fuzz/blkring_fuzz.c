/*
 * A hostile block front end: the input is the ring's pages (the first byte
 * says how many) and the limits; every request that passes must be harmless.
 */
#include <stdlib.h>
#include <string.h>

#include "pvboot/hv/back/blkring_back.h"

static void check(const struct blk_io *io, const struct blk_limits *l)
{
	uint64_t sectors = io->discard;

	if (io->n > BLKRING_SEGS)
		abort();
	for (unsigned i = 0; i < io->n; i++) {
		if (io->seg[i].first_sect > io->seg[i].last_sect ||
		    io->seg[i].last_sect > 7)
			abort();
		sectors += io->seg[i].last_sect - io->seg[i].first_sect + 1u;
	}
	if (io->kind == BLKIF_OP_DISCARD && (io->n || l->read_only))
		abort();
	if (sectors && (io->sector >= l->sectors ||
		      io->sector + sectors > l->sectors))
		abort();
	if (l->read_only && io->kind == BLKIF_OP_WRITE)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *room = calloc(BLKRING_PAGES, 4096);
	struct blkring_back r = { .n_pages = 1 };
	struct blk_limits l = { 4000, 512, false, true, true };
	union blkring_request q;
	struct blk_io io;

	if (size > 0) {
		r.n_pages = 1u << data[0] % 3;
		l.sector_size = 512u << (data[0] >> 2 & 3);
		l.read_only = data[0] & 16;
		memcpy(room, data + 1, size - 1 < r.n_pages * 4096 ?
		       size - 1 : r.n_pages * 4096);
	}
	for (unsigned i = 0; i < r.n_pages; i++)
		r.page[i] = room + i * 4096;
	if (blkring_back_attach(&r)) {
		for (int i = 0; i < 1000 && blkring_back_get(&r, &q) > 0; i++) {
			int status = blkring_back_parse(&q, &io);

			if (!status && io.indirect && size > 300)
				memcpy(io.seg, data + size - 300, io.n * 8);
			if (!status)
				status = blkring_back_check(&io, &l);
			if (!status)
				check(&io, &l);
			blkring_back_put(&r, io.id, io.op, (int16_t)status);
		}
	}
	free(room);
	return 0;
}
