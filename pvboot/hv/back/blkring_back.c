/*
 * Rings of several pages need not be contiguous, and entries (112 bytes) cross
 * page ends, so entries are copied out and in byte by byte.
 */
#include "pvboot/hv/back/blkring_back.h"

#include <string.h>

#define PAGE		4096u
#define RING_HEAD	64u	/* bytes before the first entry */
#define ENTRY		((uint32_t)sizeof(union blkif_sring_entry))

static struct blkif_sring *head(const struct blkring_back *r)
{
	return (struct blkif_sring *)r->page[0];
}

bool blkring_back_attach(struct blkring_back *r)
{
	uint32_t entries = (r->n_pages * PAGE - RING_HEAD) / ENTRY;

	r->entries = 1;
	while (r->entries * 2 <= entries)
		r->entries *= 2;
	r->rsp_prod = __atomic_load_n(&head(r)->rsp_prod, __ATOMIC_ACQUIRE);
	r->req_cons = r->rsp_prod;
	return __atomic_load_n(&head(r)->req_prod, __ATOMIC_ACQUIRE) -
		r->rsp_prod <= r->entries;
}

/* Where byte AT of entry INDEX is. */
static uint8_t *entry_byte(const struct blkring_back *r, uint32_t index,
			   uint32_t at)
{
	at += RING_HEAD + (index & (r->entries - 1)) * ENTRY;
	return r->page[at / PAGE] + at % PAGE;
}

int blkring_back_get(struct blkring_back *r, union blkring_request *copy)
{
	struct blkif_sring *s = head(r);
	uint32_t prod = __atomic_load_n(&s->req_prod, __ATOMIC_ACQUIRE);
	uint8_t *to = (uint8_t *)copy;

	if (prod == r->req_cons) {
		__atomic_store_n(&s->req_event, r->req_cons + 1,
				 __ATOMIC_SEQ_CST);
		prod = __atomic_load_n(&s->req_prod, __ATOMIC_SEQ_CST);
	}
	if (prod - r->rsp_prod > r->entries || prod - r->req_cons > r->entries)
		return -1;
	if (prod == r->req_cons)
		return 0;
	for (uint32_t i = 0; i < sizeof(*copy); i++)
		to[i] = *(volatile uint8_t *)entry_byte(r, r->req_cons, i);
	r->req_cons++;
	return 1;
}

bool blkring_back_put(struct blkring_back *r, uint64_t id, uint8_t op,
		      int16_t status)
{
	struct blkif_sring *s = head(r);
	struct blkif_response answer;
	uint32_t old = r->rsp_prod;

	memset(&answer, 0, sizeof(answer));
	answer.id = id;
	answer.operation = op;
	answer.status = status;
	for (uint32_t i = 0; i < sizeof(answer); i++)
		*entry_byte(r, old, i) = ((uint8_t *)&answer)[i];
	__atomic_store_n(&s->rsp_prod, ++r->rsp_prod, __ATOMIC_SEQ_CST);
	return r->rsp_prod -
		__atomic_load_n(&s->rsp_event, __ATOMIC_SEQ_CST) <
		r->rsp_prod - old;
}

static int parse_indirect(const struct blkif_request_indirect *q,
			  struct blk_io *io)
{
	io->id = q->id;
	io->sector = q->sector_number;
	io->op = io->kind = q->indirect_op;
	io->n = q->nr_segments;
	io->indirect = true;
	io->ref = q->indirect_grefs[0];
	if (io->n > BLKRING_SEGS || !io->n)
		return BLKIF_RSP_ERROR;
	if (io->kind != BLKIF_OP_READ && io->kind != BLKIF_OP_WRITE)
		return BLKIF_RSP_EOPNOTSUPP;
	return BLKIF_RSP_OKAY;
}

/* Segments it has none: what would be their number are its flags. */
static int parse_discard(const struct blkif_request_discard *q,
			 struct blk_io *io)
{
	io->id = q->id;
	io->sector = q->sector_number;
	io->kind = BLKIF_OP_DISCARD;
	io->discard = q->nr_sectors;
	if (q->flag)	/* "secure": nothing promises that */
		return BLKIF_RSP_EOPNOTSUPP;
	return io->discard ? BLKIF_RSP_OKAY : BLKIF_RSP_ERROR;
}

int blkring_back_parse(const union blkring_request *q, struct blk_io *io)
{
	memset(io, 0, sizeof(*io));
	io->op = q->rw.operation;
	if (io->op == BLKIF_OP_INDIRECT)
		return parse_indirect(&q->indirect, io);
	if (io->op == BLKIF_OP_DISCARD)
		return parse_discard(&q->discard, io);
	io->id = q->rw.id;
	io->sector = q->rw.sector_number;
	io->kind = io->op;
	io->n = q->rw.nr_segments;
	if (io->op != BLKIF_OP_READ && io->op != BLKIF_OP_WRITE &&
	    io->op != BLKIF_OP_FLUSH_DISKCACHE)
		return BLKIF_RSP_EOPNOTSUPP;
	if (io->n > BLKIF_MAX_SEGMENTS_PER_REQUEST ||
	    !io->n != (io->op == BLKIF_OP_FLUSH_DISKCACHE))
		return BLKIF_RSP_ERROR;
	memcpy(io->seg, q->rw.seg, io->n * sizeof(io->seg[0]));
	return BLKIF_RSP_OKAY;
}

int blkring_back_check(const struct blk_io *io, const struct blk_limits *limits)
{
	const uint64_t unit = limits->sector_size / 512;
	uint64_t sectors = io->discard;

	if (io->kind == BLKIF_OP_FLUSH_DISKCACHE)
		return limits->flush ? BLKIF_RSP_OKAY : BLKIF_RSP_EOPNOTSUPP;
	if (io->kind == BLKIF_OP_DISCARD && !limits->discard)
		return BLKIF_RSP_EOPNOTSUPP;
	if (io->kind != BLKIF_OP_READ && limits->read_only)
		return BLKIF_RSP_ERROR;
	for (unsigned i = 0; i < io->n; i++) {
		const struct blkif_request_segment *s = &io->seg[i];

		if (s->first_sect > s->last_sect || s->last_sect > 7 ||
		    s->first_sect % unit || (s->last_sect + 1) % unit)
			return BLKIF_RSP_ERROR;
		sectors += s->last_sect - s->first_sect + 1u;
	}
	if (io->sector % unit || sectors % unit ||
	    io->sector > limits->sectors ||
	    sectors > limits->sectors - io->sector)
		return BLKIF_RSP_ERROR;
	return BLKIF_RSP_OKAY;
}
