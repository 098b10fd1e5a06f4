/*
 * Damaged images: each byte that a start reads, but the kernel's own code, is
 * changed, each sector is wiped or is the last one of the disk.  The loader
 * must start a kernel or give exactly one error line, with GRUB's number, and
 * after a bounded number of reads; `twinboot inspect` must end 0 or 1.  The
 * images are those of `twinboot build`.
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernelgen/bzimage.h"
#include "tests/unit/testdisk.h"
#include "tools/commands.h"
#include "tools/host/boot/hostboot.h"

#define SECTOR 512u
#define READS_MAX 20000		/* requests; a whole start needs about 100 */

static struct {
	struct blk blk;
	uint8_t *data;		/* the image file, mapped */
	char file[256];
	size_t len;
	uint8_t *seen;		/* by sector: it was read */
	unsigned reads;
	const char *what;	/* the damage, for a failure's message */
	uint64_t at;
} disk;

static struct {
	unsigned starts, started, inspected;
} count;

static uint8_t *kernel;
static size_t kernel_len;
static struct hostboot hb;

static int disk_read(struct blk *b, uint64_t lba, uint32_t n, void *buf)
{
	if (++disk.reads > READS_MAX)
		fail_msg("%s at %#lx: it reads and reads", disk.what, disk.at);
	memcpy(buf, disk.data + lba * SECTOR, (size_t)n * SECTOR);
	memset(disk.seen + lba, 1, n);
	return 0;
}

static unsigned error_lines(const char *console)
{
	unsigned n = 0;

	while ((console = strstr(console, "\nError "))) {
		console++;
		n++;
	}
	return n;
}

static void start(const char *what, uint64_t at)
{
	disk.what = what;
	disk.at = at;
	disk.reads = 0;
	hostboot_run(&hb, &disk.blk, &hostboot_linux);
	count.starts++;
	count.started += hb.ok;
	if (!hb.ok && (error_lines(hb.console) != 1 ||
		       strncmp(hb.why, "Error ", 6) || !strstr(hb.why, ": ")))
		fail_msg("%s at %#lx: \"%s\", and on the console:\n%s", what,
			 at, hb.why, hb.console);
	hostboot_release(&hb);
}

static int run_build(char **argv)
{
	int argc = 0, status = -1;
	pid_t pid = fork();

	while (argv[argc])
		argc++;
	if (!pid)
		_exit(build_command.run(argc, argv));
	waitpid(pid, &status, 0);
	return status;
}

static void write_file(const char *dir, const char *name, const void *p,
		       size_t len)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* Build an image with TABLE and FS in DIR; map it as the disk. */
static void setup(char *dir, char *table, char *fs)
{
	static const char menu[] = "title a\nkernel /boot/vmlinuz a=b\n"
				   "initrd /boot/initrd\n";
	struct bzimage b = { .entry = 64 };
	char tree[256];
	/* No path of the builder's starts it: it is in the tree, as found. */
	char *argv[] = { "build", "--table", table, "--fs", fs, "--root", tree,
			 "--boot", "pv", "-o", disk.file, NULL };
	int fd;

	snprintf(tree, sizeof(tree), "%s/tree", dir);
	snprintf(disk.file, sizeof(disk.file), "%s/image", dir);
	kernel = bzimage_make(&b, &kernel_len);
	assert_non_null(kernel);
	testdisk_sh(dir, "mkdir -p tree/boot/grub");
	write_file(tree, "boot/vmlinuz", kernel, kernel_len);
	write_file(tree, "boot/initrd", "initrd", 6);
	write_file(tree, "boot/grub/menu.lst", menu, sizeof(menu) - 1);
	assert_int_equal(run_build(argv), 0);
	fd = open(disk.file, O_RDWR);
	assert_true(fd >= 0);
	disk.len = (size_t)lseek(fd, 0, SEEK_END) / SECTOR * SECTOR;
	disk.data = mmap(NULL, disk.len, PROT_READ | PROT_WRITE, MAP_SHARED,
			 fd, 0);
	assert_ptr_not_equal(disk.data, MAP_FAILED);
	close(fd);
	disk.seen = calloc(1, disk.len / SECTOR);
	disk.blk = (struct blk){ .name = "hd0", .sector = SECTOR,
				 .count = disk.len / SECTOR,
				 .read = disk_read };
	memset(&count, 0, sizeof(count));
}

/* Of the kernel only the header is of interest. */
static bool is_kernel_code(const uint8_t *sector)
{
	return memmem(kernel + 1024, kernel_len - 1024, sector, SECTOR);
}

/* `twinboot inspect` on the file as it is now: it ends 0 or 1. */
static void inspect(void)
{
	char *argv[] = { "inspect", disk.file, NULL };
	int out = dup(1), null = open("/dev/null", O_WRONLY), status;

	fflush(stdout);
	dup2(null, 1);
	optind = 0;
	status = inspect_command.run(2, argv);
	fflush(stdout);
	dup2(out, 1);
	close(out);
	close(null);
	if (status != 0 && status != 1)
		fail_msg("%s at %#lx: inspect ends %d", disk.what, disk.at,
			 status);
	count.inspected++;
}

static uint8_t changed(uint8_t byte, unsigned i, unsigned how)
{
	switch (how) {
	case 0:
		return byte ^ 0xff;
	case 1:
		return byte ^ (uint8_t)(1 << (i % 8));
	case 2:
		return byte ? 0 : 0x7f;
	default:
		return byte == 0xff ? 0x80 : 0xff;
	}
}

static void sweep_sector(uint64_t lba)
{
	uint8_t *p = disk.data + lba * SECTOR, copy[SECTOR];
	uint64_t whole = disk.blk.count;

	memcpy(copy, p, SECTOR);
	for (unsigned i = 0; i < SECTOR; i++) {
		/* Of what is unused a sample is enough. */
		if (!copy[i] && i % 16 && !(i && copy[i - 1]) &&
		    !(i < SECTOR - 1 && copy[i + 1]))
			continue;
		for (unsigned how = 0; how < 4; how++) {
			p[i] = changed(copy[i], i, how);
			start("a changed byte", lba * SECTOR + i);
			if (how == i % 64)
				inspect();
		}
		p[i] = copy[i];
	}
	for (unsigned v = 0; v < 3; v++) {
		memset(p, v == 0 ? 0 : v == 1 ? 0xff : 0x01, SECTOR);
		start("a wiped sector", lba * SECTOR);
		inspect();
	}
	memcpy(p, copy, SECTOR);
	disk.blk.count = lba + 1;
	start("the disk's end", lba * SECTOR);
	disk.blk.count = whole;
}

/* The file cut off: what was in it is not needed any more. */
static void sweep_cuts(void)
{
	for (uint64_t lba = disk.len / SECTOR; lba; lba -= (lba + 15) / 16) {
		assert_int_equal(truncate(disk.file, (off_t)(lba * SECTOR)), 0);
		inspect();
	}
}

static void sweep(char *table, char *fs)
{
	char *dir = testdisk_mkdir();
	uint8_t *meta;

	setup(dir, table, fs);
	start("nothing", 0);
	assert_int_equal(count.started, 1);
	meta = malloc(disk.len / SECTOR);
	memcpy(meta, disk.seen, disk.len / SECTOR);
	for (uint64_t lba = 0; lba < disk.len / SECTOR; lba++)
		if (meta[lba] && !is_kernel_code(disk.data + lba * SECTOR))
			sweep_sector(lba);
	start("nothing any more", 0);
	/* Both must have been seen, or this tested nothing. */
	assert_true(count.starts > 1000);
	assert_true(count.started < count.starts - 100);
	sweep_cuts();
	assert_true(count.inspected > 50);
	free(meta);
	free(disk.seen);
	free(kernel);
	munmap(disk.data, disk.len);
	testdisk_rmdir(dir);
}

static void test_gpt_ext4(void **state)
{
	sweep("gpt", "ext4");
}

static void test_mbr_ext2(void **state)
{
	sweep("mbr", "ext2");
}

static void test_mbr_fat32(void **state)
{
	sweep("mbr", "fat32");
}

static void test_none_ext4(void **state)
{
	sweep("none", "ext4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gpt_ext4),
		cmocka_unit_test(test_mbr_ext2),
		cmocka_unit_test(test_mbr_fat32),
		cmocka_unit_test(test_none_ext4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
