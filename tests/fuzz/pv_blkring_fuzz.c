/*
 * The PV loader's end of the block ring: the input is what a backend does, in
 * steps of two bytes.  Reads end in bounded time, nothing beside the buffer is
 * touched, and no page stays granted.
 */
#include <stdlib.h>
#include <string.h>

#include "loader/base/err.h"
#include "pvboot/guest/blkring_front.h"
#include "tests/pvguest.h"

#define SECTORS 3000u

static uint8_t memory[1 << 20] __attribute__((aligned(4096)));
static uint8_t buf[SECTORS * 512 + 1024] __attribute__((aligned(4096)));
static struct blkring_front ring;
static const uint8_t *input;
static size_t left;
static uint32_t taken;

static struct blkif_response *reply(uint32_t i)
{
	struct blkif_sring *s = (struct blkif_sring *)ring.page;

	return &s->ring[i & (ring.entries - 1)].rsp;
}

static uint64_t next_id(void)
{
	struct blkif_sring *s = (struct blkif_sring *)ring.page;
	struct blkif_request *q = &s->ring[taken++ & (ring.entries - 1)].req;

	return q->operation == BLKIF_OP_INDIRECT ?
		((struct blkif_request_indirect *)(void *)q)->id : q->id;
}

static void step(uint8_t op, uint8_t v)
{
	struct blkif_sring *s = (struct blkif_sring *)ring.page;

	switch (op % 8) {
	case 0:
	case 1:		/* a good reply */
	case 2:
		if (taken != s->req_prod)
			*reply(s->rsp_prod) = (struct blkif_response){
				.id = next_id(), .status = op % 8 < 2 ? 0 : v };
		s->rsp_prod++;
		break;
	case 3:
		*reply(s->rsp_prod++) = (struct blkif_response){ .id = v };
		break;
	case 4:
		s->rsp_prod += (uint32_t)(int8_t)v;
		break;
	case 5:
		ring.page[(op / 8 * 256 + v) % 4096] = v;
		break;
	case 6:
		fakexen.keep_pending = v & 1;
		break;
	case 7:
		fakexen.now += v * 300u;
		break;
	}
	fakexen.pending = true;
}

static void backend(void)
{
	for (unsigned n = left ? 1 + input[0] / 32 : 0; n && left > 1; n--) {
		step(input[0], input[1]);
		input += 2;
		left -= 2;
	}
}

static bool alive(struct blkring_front *r)
{
	return left > 1 && input[0] != 255;
}

static void read_some(uint64_t sector, unsigned n)
{
	uint64_t since = fakexen.now;
	int err;

	memset(buf, 0xee, sizeof(buf));
	err = blkring_front_read(&ring, sector, n, buf + 512);
	if (err && err != ERR_READ)
		abort();
	/* The input's own leaps, then a silence to the end. */
	if (fakexen.now - since > 5000000)
		abort();
	if (ring.in_flight || ring.kept)
		abort();
	for (unsigned i = 0; i < 512; i++)
		if (buf[i] != 0xee || buf[(n + 1) * 512 + i] != 0xee)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned segments[] = { 1, 11, 32, 256 };
	struct arena arena = { memory, sizeof(memory), 0, NULL };
	uint8_t how = size ? data[0] : 0;

	input = data + (size ? 1 : 0);
	left = size ? size - 1 : 0;
	taken = 0;
	err_clear();
	fake_reset(NULL);
	ring = (struct blkring_front){ .name = "hd0", .alive = alive };
	if (blkring_front_init(&ring, &arena, 1u << how % 5, segments[how / 64],
			 120))
		abort();
	fakexen.backend = backend;
	read_some(3, 1);
	read_some(77, SECTORS);
	read_some(5, 100);
	if (!blkring_front_end(&ring) || fakexen.given || fakexen.ports)
		abort();
	return 0;
}
