/* SCSI commands as they stand on the wire, and answers of every kind. */
#include "tests/unit/unit.h"

#include "pvboot/hv/drivers/scsi.h"

/* What the unit answers; a length of 0 refuses. */
static struct answer {
	uint8_t op, page;
	uint32_t len;
	uint8_t data[64];
} answer[8];

static bool answered(struct scsi_carrier *c, const uint8_t cdb[SCSI_CDB],
		     void *data, uint32_t len)
{
	for (unsigned i = 0; i < 8 && cdb[0]; i++) {
		const struct answer *a = &answer[i];

		if (a->op != cdb[0] || (cdb[0] == 0x12 && a->page != cdb[2]))
			continue;
		memcpy(data, a->data, len < a->len ? len : a->len);
		return a->len;
	}
	return cdb[0] == 0;
}

static struct scsi_carrier carrier = { answered };
static struct disk disk;

static enum scsi_unit identify(void)
{
	memset(&disk, 0, sizeof(disk));
	return scsi_identify(&carrier, &disk);
}

static const struct answer good[8] = {
	{ 0x12, 0, 36, { 0 } },
	{ 0x12, 0xb2, 8, { 0, 0xb2, 0, 4, 0, 0x80 } },
	{ 0x12,
	  0xb0,
	  64,
	  { 0, 0xb0, 0, 0x3c, [20] = 0, 0x10, 0, 0, 0, 0, 0, 1 } },
	{ 0x9e,
	  0,
	  32,
	  { 0, 0, 0, 1, 0, 0, 0, 0xff, 0, 0, 16, 0, [14] = 0x80 } },
	{ 0x1a, 0, 32, { 31, 0, 0, 8, [12] = 8, 18, 4 } },
};

static int setup(void **state)
{
	memcpy(answer, good, sizeof(answer));
	return 0;
}

static void test_disk(void **state)
{
	assert_int_equal(identify(), SCSI_DISK);
	assert_int_equal(disk.sectors, 0x100000100 * 8);
	assert_int_equal(disk.sector_size, 4096);
	assert_true(disk.flush && !disk.read_only);
	assert_int_equal(disk.discard_max, 0x100000 * 8);
	answer[4].data[2] = 0x80;	/* write protected */
	answer[4].data[14] = 0;		/* no cache */
	answer[1].data[5] = 0;		/* no UNMAP */
	assert_int_equal(identify(), SCSI_DISK);
	assert_true(disk.read_only && !disk.flush && !disk.discard_max);
	answer[4].len = 0;
	assert_int_equal(identify(), SCSI_DISK);
	assert_false(disk.read_only);
}

static void test_cdrom(void **state)
{
	answer[0].data[0] = 5;
	answer[3] = (struct answer){ 0x25, 0, 8, { 0, 0, 0, 9, 0, 0, 8, 0 } };
	assert_int_equal(identify(), SCSI_DISK);
	assert_true(disk.read_only && !disk.discard_max);
	assert_int_equal(disk.sectors, 40);
	assert_int_equal(disk.sector_size, 2048);
	answer[3].len = 0;
	assert_int_equal(identify(), SCSI_EMPTY);
}

static void test_bad(void **state)
{
	static const uint8_t sizes[][4] = {
		{ 0, 0, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 2, 1 }, { 0, 0, 32, 0 },
		{ 255, 255, 255, 255 },
	};

	for (unsigned i = 0; i < 5; i++) {
		memcpy(answer[3].data + 8, sizes[i], 4);
		assert_int_equal(identify(), SCSI_EMPTY);
	}
	setup(NULL);
	memset(answer[3].data, 0xff, 8);
	assert_int_equal(identify(), SCSI_EMPTY);
	for (unsigned type = 0; type < 256; type++) {
		setup(NULL);
		answer[0].data[0] = (uint8_t)type;
		assert_int_equal(identify(), type && type != 5 ? SCSI_NONE :
				 SCSI_DISK);
	}
	/* The cache page is said to be where no data is. */
	for (unsigned at = 0; at < 256; at++) {
		setup(NULL);
		answer[4].data[3] = (uint8_t)at;
		assert_int_equal(identify(), SCSI_DISK);
	}
}

static void test_luns(void **state)
{
	uint16_t lun[SCSI_LUNS];

	answer[0] = (struct answer){ 0xa0, 0, 40, {
		0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3,
		[24] = 0x41, 2, [32] = 0x80, 9 } };
	assert_int_equal(scsi_luns(&carrier, lun), 3);
	assert_int_equal(lun[0], 0);
	assert_int_equal(lun[1], 3);
	assert_int_equal(lun[2], 0x102);
	/* In no order, and one twice, in both ways to write it. */
	answer[0] = (struct answer){ 0xa0, 0, 56, {
		0, 0, 0, 48, 0, 0, 0, 0, 0x41, 2, [16] = 0, 3, [24] = 0, 7,
		[32] = 0x40, 3, [40] = 0, 0, [48] = 0, 5 } };
	assert_int_equal(scsi_luns(&carrier, lun), 5);
	for (unsigned i = 1; i < 5; i++)
		assert_true(lun[i - 1] < lun[i]);
	assert_int_equal(lun[0], 0);
	assert_int_equal(lun[4], 0x102);
	memset(answer[0].data, 0xff, 4);	/* more than we asked for */
	assert_true(scsi_luns(&carrier, lun) <= SCSI_LUNS);
	answer[0].len = 0;
	assert_int_equal(scsi_luns(&carrier, lun), 0);
}

static void test_commands(void **state)
{
	static const uint8_t read10[SCSI_CDB] = {
		0x28, 0, 0, 1, 2, 3, 0, 0, 2 };
	static const uint8_t write16[SCSI_CDB] = {
		0x8a, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 };
	static const uint8_t list[SCSI_UNMAP] = {
		0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3 };
	struct disk d = { .sector_size = 4096 };
	struct disk_request r = {
		.op = DISK_READ, .sector = 0x10203 * 8, .n_segs = 2,
		.seg = { { 0, 4096 }, { 0, 4096 } },
	};
	uint8_t cdb[SCSI_CDB], unmap[SCSI_UNMAP];

	scsi_cdb(cdb, &d, &r);
	assert_memory_equal(cdb, read10, SCSI_CDB);
	r.op = DISK_WRITE;
	r.n_segs = 1;
	r.sector = 0x100000000 * 8;
	scsi_cdb(cdb, &d, &r);
	assert_memory_equal(cdb, write16, SCSI_CDB);
	r = (struct disk_request){ .op = DISK_DISCARD, .sector = 16,
				   .sectors = 24 };
	scsi_unmap(unmap, &d, &r);
	assert_memory_equal(unmap, list, SCSI_UNMAP);
	scsi_cdb(cdb, &d, &r);
	assert_int_equal(cdb[0], 0x42);
	assert_int_equal(cdb[8], SCSI_UNMAP);
	r.op = DISK_FLUSH;
	scsi_cdb(cdb, &d, &r);
	assert_int_equal(cdb[0], 0x35);
}

static void test_again(void **state)
{
	static const uint8_t fixed[18] = { 0x70, 0, 6 }, desc[8] = { 0x72, 6 };
	static const uint8_t medium[18] = { 0xf0, 0, 3 };

	assert_true(scsi_again(2, fixed, 18));
	assert_true(scsi_again(2, desc, 8));
	assert_false(scsi_again(2, medium, 18));
	assert_false(scsi_again(2, fixed, 2));
	assert_true(scsi_again(8, fixed, 0));
	assert_true(scsi_again(0x28, fixed, 0));
	assert_false(scsi_again(0x18, fixed, 18));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_disk, setup),
		cmocka_unit_test_setup(test_cdrom, setup),
		cmocka_unit_test_setup(test_bad, setup),
		cmocka_unit_test_setup(test_luns, setup),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
