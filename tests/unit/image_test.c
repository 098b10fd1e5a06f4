/*
 * Opening images: every container gives the same bytes, whatever the file is
 * called; what names other files is refused; bombs and FIFOs cost nothing.
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/testdisk.h"
#include "tools/host/disk/image.h"
#include "tools/report.h"

static char *dir;
static char path[8192];

static const char *in_dir(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int setup(void **state)
{
	dir = testdisk_mkdir();
	testdisk_sh(dir, "mkdir tmp; head -c 1500000 /dev/urandom >raw\n"
		    "truncate -s 4M raw; sha256sum <raw >sum");
	return setenv("TMPDIR", in_dir("tmp"), 1);
}

static int teardown(void **state)
{
	testdisk_sh(dir, "test -z \"$(ls -A tmp)\"");
	unsetenv("TMPDIR");
	testdisk_rmdir(dir);
	return 0;
}

/* NAME opens as FORMAT, and has the bytes of "raw". */
static void opens(const char *name, const char *format, const char *packed)
{
	struct image img;

	assert_int_equal(image_open(&img, in_dir(name), false), 0);
	assert_string_equal(img.format, format);
	assert_int_equal(!img.packed, !packed);
	if (packed)
		assert_string_equal(img.packed, packed);
	assert_int_equal(img.is_copy, packed || strcmp(format, "raw"));
	fcntl(img.fd, F_SETFD, 0);
	testdisk_sh(dir, "head -c 4M <%s | sha256sum | cmp - sum", img.name);
	image_close(&img);
}

static void refuses(const char *name, const char *why)
{
	struct image img;

	assert_int_equal(image_open(&img, in_dir(name), false), -1);
	if (!strstr(report_last(), why))
		fail_msg("%s: \"%s\" is not in \"%s\"", name, why,
			 report_last());
	assert_true(img.fd < 0);
}

static void test_formats(void **state)
{
	static const char *const formats[] = {
		"qcow2", "qcow", "qed", "vmdk", "vhdx", "vpc", "vdi",
		"parallels",
	};

	opens("raw", "raw", NULL);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		testdisk_sh(dir, "qemu-img convert -f raw -O %s raw x",
			    formats[i]);
		opens("x", formats[i], NULL);
	}
	testdisk_sh(dir, "qemu-img convert -f raw -O vpc -o subformat=fixed "
		    "raw x");
	opens("x", "vpc", NULL);
	testdisk_sh(dir, "qemu-img convert -f raw -O vmdk -o subformat="
		    "streamOptimized raw x");
	opens("x", "vmdk", NULL);
	testdisk_sh(dir, "qemu-img convert -f raw -O qcow2 raw x; "
		    "truncate -s 100 x");
	refuses("x", "x: a qcow2 image that is damaged or cut short");
	/* Blocks of a size that no VDI has. */
	testdisk_sh(dir, "qemu-img convert -f raw -O vdi raw x; "
		    "printf '\\377\\377\\377\\377\\127\\125\\125"
		    "\\125\\0\\0\\0\\300\\0\\0\\0\\300' |"
		    " dd of=x bs=1 seek=376 conv=notrunc 2>/dev/null; "
		    "truncate -s 3G x");
	refuses("x", "x: a vdi image that cannot be read into ");
}

/* "x" without its last CUT bytes is refused, or is all of the disk "data". */
static void cut_by(const char *options, unsigned long cut)
{
	struct image img;

	testdisk_sh(dir, "cp x y; truncate -s -%lu y", cut);
	if (image_open(&img, in_dir("y"), false)) {
		if (!cut || (!strstr(report_last(), "cut short") &&
			     !strstr(report_last(), "y: a ")))
			fail_msg("%s, cut by %lu: %s", options, cut,
				 report_last());
		return;
	}
	fcntl(img.fd, F_SETFD, 0);
	testdisk_sh(dir, ": %s, cut by %lu; cmp -n 3000320 data %s", options,
		    cut, img.name);
	image_close(&img);
}

/*
 * Whatever is missing at the end of a file is told, or was nothing; also where
 * the disk does not end with a cluster, or its last one is compressed.
 */
static void test_cut(void **state)
{
	static const char *const formats[] = {
		"qcow2", "qcow2 -o compat=0.10", "qcow2 -o cluster_size=512",
		"qcow2 -o extended_l2=on", "qcow2 -o preallocation=metadata",
		"qcow2 -c", "qcow2 -c -o compression_type=zstd",
		"qcow2 -c -o cluster_size=2M", "qcow", "qed", "vmdk",
		"vmdk -o compat6", "vmdk -o subformat=streamOptimized", "vpc",
		"vdi", "vhdx", "parallels",
	};
	static const unsigned long cuts[] = {
		1, 100, 511, 512, 1000, 4096, 30000, 65535, 65536, 100000,
		1 << 20,
	};

	testdisk_sh(dir, "{ head -c 1500000 /dev/urandom\n"
		    "yes abcdefgh | head -c 1500320; } >data");
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct stat st;

		testdisk_sh(dir, "qemu-img convert -f raw -O %s data x",
			    formats[i]);
		assert_int_equal(stat(in_dir("x"), &st), 0);
		cut_by(formats[i], 0);
		for (size_t k = 0; k < sizeof(cuts) / sizeof(cuts[0]); k++)
			if (cuts[k] < (unsigned long)st.st_size)
				cut_by(formats[i], cuts[k]);
	}
}

static void test_packed(void **state)
{
	testdisk_sh(dir, "gzip -k <raw >x");
	opens("x", "raw", "gzip");
	testdisk_sh(dir, "xz <raw >x");
	opens("x", "raw", "xz");
	testdisk_sh(dir, "zstd -q <raw >x");
	opens("x", "raw", "zstd");
	testdisk_sh(dir, "bzip2 <raw >x");
	opens("x", "raw", "bzip2");
	testdisk_sh(dir, "qemu-img convert -f raw -O qcow2 raw q; xz <q >x");
	opens("x", "qcow2", "xz");
	testdisk_sh(dir, "gzip <raw | head -c 500000 >x");
	refuses("x", "x: truncated gzip");
	testdisk_sh(dir, "gzip <raw | gzip >x");
	refuses("x", "x: compressed twice");
}

static void test_bomb(void **state)
{
	testdisk_sh(dir, "head -c 64M /dev/zero | zstd -q >z\n"
		    "for i in $(seq 65); do cat z; done >x");
	refuses("x", "unpacks to more than 4096 MiB");
}

static void test_names(void **state)
{
	static const char *const names[] = {
		"a:b", "nbd:localhost:1", "json:{}", "a,b", "a,,b=c", "-x",
		"a b", "a\nb", "$(false)", "`false`", "a@@1", "no\374chern",
		"a\"b", "a\\b", "%s%n", "fat:rw:tmp",
	};
	char from[8192];

	testdisk_sh(dir, "qemu-img convert -f raw -O qcow2 raw q");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct image img;

		snprintf(from, sizeof(from), "%s/q", dir);
		assert_int_equal(link(from, in_dir(names[i])), 0);
		opens(names[i], "qcow2", NULL);
		/* Where other files are read, the name goes to QEMU. */
		assert_int_equal(image_open(&img, in_dir(names[i]), true), 0);
		image_close(&img);
		unlink(in_dir(names[i]));
	}
}

static void test_others(void **state)
{
	struct image img;

	testdisk_sh(dir, "qemu-img create -q -f qcow2 -b raw -F raw x");
	refuses("x", "x: a qcow2 image that reads another file, the backing "
		"file \"raw\"");
	assert_int_equal(image_open(&img, in_dir("x"), true), 0);
	fcntl(img.fd, F_SETFD, 0);
	testdisk_sh(dir, "sha256sum <%s | cmp - sum", img.name);
	image_close(&img);
	testdisk_sh(dir, "qemu-img create -q -f qcow2 -o data_file=data x 4M");
	refuses("x", "x: a qcow2 image that reads another file, its data file");
	testdisk_sh(dir, "qemu-img create -q -f qed -b raw -F raw x");
	refuses("x", "the backing file \"raw\"");
	testdisk_sh(dir, "qemu-img create -q -f qcow -b raw -F raw x");
	refuses("x", "the backing file \"raw\"");
	testdisk_sh(dir, "qemu-img create -q -f vmdk base.vmdk 4M\n"
		    "qemu-img create -q -f vmdk -b base.vmdk -F vmdk x");
	refuses("x", "reads another file, its parent");
	testdisk_sh(dir, "qemu-img convert -f raw -O vmdk -o subformat="
		    "monolithicFlat raw x");
	refuses("x", "a vmdk image that reads other files, its extents");
	/* In the header of a sparse one, a capacity of 0 says the same. */
	testdisk_sh(dir, "qemu-img create -q -f vmdk x 4M; printf "
		    "'\\0\\0\\0\\0\\0\\0\\0\\0' | dd of=x bs=1 seek=12 "
		    "conv=notrunc 2>/dev/null");
	refuses("x", "reads other files, its extents");
}

/* What x reads beside itself: it opens; without its last bytes it does not. */
static void reads(const char *make, const char *file, const char *why)
{
	static const unsigned cuts[] = { 1024, 100000 };
	struct image img;
	char said[160];

	testdisk_sh(dir, "%s", make);
	if (image_open(&img, in_dir("x"), true))
		fail_msg("%s: %s", make, report_last());
	image_close(&img);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		testdisk_sh(dir, "cp %s whole; truncate -s -%u %s", file,
			    cuts[i], file);
		assert_int_equal(image_open(&img, in_dir("x"), true), -1);
		snprintf(said, sizeof(said), "x: it reads %s/%s, which is ",
			 dir, file);
		/* In a compressed one QEMU finds it by itself. */
		if ((!strstr(report_last(), said) ||
		     !strstr(report_last(), why)) &&
		    !strstr(report_last(), "cannot be read into "))
			fail_msg("%s: \"%s\"", make, report_last());
		testdisk_sh(dir, "mv whole %s", file);
	}
	testdisk_sh(dir, "rm x %s", file);
}

#define ON(format) "qemu-img create -q -f qcow2 -b base -F " format " "

static void test_others_cut(void **state)
{
	testdisk_sh(dir, "head -c 4M /dev/urandom >full");
	reads("qemu-img convert -f raw -O qcow2 full base;" ON("qcow2") "x",
	      "base", "cut short");
	reads("qemu-img convert -c -f raw -O qcow2 raw base;" ON("qcow2") "x",
	      "base", "cut short");
	reads("qemu-img convert -f raw -O qed full base;" ON("qed") "x",
	      "base", "cut short");
	reads("qemu-img convert -f raw -O qcow2 full base;" ON("qcow2") "m;"
	      "qemu-img create -q -f qcow2 -b m -F qcow2 x", "base",
	      "cut short");
	reads("qemu-img convert -f raw -O qcow2 -o data_file=$PWD/data full x",
	      "data", "cut short");
	reads("qemu-img convert -f raw -O vmdk -o subformat=monolithicFlat "
	      "full x.vmdk; mv x.vmdk x", "x-flat.vmdk", "cut short");
	reads("qemu-img convert -f raw -O vmdk -o subformat="
	      "twoGbMaxExtentSparse full x.vmdk; mv x.vmdk x",
	      "x-s001.vmdk", "cut short");
	reads("qemu-img convert -f raw -O vmdk full base;" ON("vmdk") "x",
	      "base", "cut short");
}

static void test_others_odd(void **state)
{
	struct image img;

	/* Behind the end of a raw one all is zero; x itself is looked at. */
	testdisk_sh(dir, "head -c 1M full >base;" ON("raw") "x 4M");
	assert_int_equal(image_open(&img, in_dir("x"), true), 0);
	image_close(&img);
	testdisk_sh(dir, "qemu-img convert -f raw -O qcow2 -B base -F raw full "
		    "x; truncate -s -100000 x");
	assert_int_equal(image_open(&img, in_dir("x"), true), -1);
	assert_non_null(strstr(report_last(), "x: a qcow2 image that is cut "
			       "short"));
	testdisk_sh(dir, "rm base");
	assert_int_equal(image_open(&img, in_dir("x"), true), -1);
	assert_non_null(strstr(report_last(), "x: the files that it names "
			       "cannot all be opened (qemu-img: Could not open "
			       "'"));
}

/* A name with a colon, relative: what it names is beside it all the same. */
static void test_others_names(void **state)
{
	static const char *const names[] = {
		"a:b", "nbd:localhost:1", "nbd://localhost:1", "json:{}",
		"fat:rw:.", "file:x", "host_device:/dev/null", "blkdebug::x",
		":", "no\374chern", "a,b:c",
	};
	char was[4096];

	assert_non_null(getcwd(was, sizeof(was)));
	assert_int_equal(chdir(dir), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct image img;

		testdisk_sh(dir, "to='./%s'; mkdir -p \"${to%%/*}\"\n"
			    "test -e \"${to%%/*}/raw\" || "
			    "cp raw \"${to%%/*}\"\n"
			    "qemu-img create -q -f qcow2 -u -b raw -F raw x 4M "
			    "&& mv x \"$to\"", names[i]);
		if (image_open(&img, names[i], true))
			fail_msg("%s", report_last());
		fcntl(img.fd, F_SETFD, 0);
		testdisk_sh(dir, "sha256sum <%s | cmp - sum", img.name);
		image_close(&img);
		unlink(names[i]);
	}
	assert_int_equal(chdir(was), 0);
}

static void test_others_loop(void **state)
{
	static const char *const made[] = {
		"qemu-img create -q -f qcow2 -u -b $PWD/x -F qcow2 x 4M",
		"qemu-img create -q -f qcow2 -u -b y -F qcow2 x 4M; "
		"qemu-img create -q -f qcow2 -u -b x -F qcow2 y 4M",
		"qemu-img create -q -f qed -u -b y -F qcow2 x 4M; "
		"qemu-img create -q -f qcow2 -u -b x -F qed y 4M",
	};
	struct image img;

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		testdisk_sh(dir, "%s", made[i]);
		assert_int_equal(image_open(&img, in_dir("x"), true), -1);
		assert_non_null(strstr(report_last(), "x: the files that it "
				       "names cannot all be opened"));
		assert_non_null(strstr(report_last(), "infinite loop"));
	}
	testdisk_sh(dir, "rm x y");
}

/* QEMU's lock of who writes: a shared one on byte 101. */
static void test_written(void **state)
{
	static const char *const formats[] = { "qcow2", "vmdk", "vdi" };
	struct flock uses = { .l_type = F_RDLCK, .l_whence = SEEK_SET,
			      .l_start = 101, .l_len = 1 };

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		int fd;

		testdisk_sh(dir, "qemu-img convert -f raw -O %s raw x",
			    formats[i]);
		fd = open(in_dir("x"), O_RDWR | O_CLOEXEC);
		assert_true(fd >= 0);
		assert_int_equal(fcntl(fd, F_OFD_SETLK, &uses), 0);
		refuses("x", "x: a machine runs from it, or something else "
			"changes it");
		close(fd);
		opens("x", formats[i], NULL);
	}
}

static void test_small(void **state)
{
	testdisk_sh(dir, "head -c 511 /dev/zero >x");
	refuses("x", "x: not a disk image");
	testdisk_sh(dir, ": >x");
	refuses("x", "x: not a disk image");
	testdisk_sh(dir, "printf a | gzip >x");
	refuses("x", "x: not a disk image");
	/* Why QEMU does not read it is told. */
	testdisk_sh(dir, "qemu-img convert -f raw -O qcow2 raw x; printf "
		    "'\\377' | dd of=x bs=1 seek=72 conv=notrunc 2>/dev/null");
	refuses("x", "(qemu-img: Unsupported qcow2 feature(s)");
}

static void test_no_files(void **state)
{
	testdisk_sh(dir, "mkfifo fifo");
	refuses("fifo", "fifo: neither a file nor a block device");
	refuses("tmp", "tmp: neither a file nor a block device");
	refuses("gone", "gone: No such file or directory");
	assert_int_equal(setenv("TMPDIR", "/nothing", 1), 0);
	testdisk_sh(dir, "qemu-img convert -f raw -O qcow2 raw x");
	refuses("x", "no temporary file in /nothing: No such file");
	setenv("TMPDIR", in_dir("tmp"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_others_cut),
		cmocka_unit_test(test_others_odd),
		cmocka_unit_test(test_others_names),
		cmocka_unit_test(test_others_loop),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_no_files),
	};

	return cmocka_run_group_tests_name("image", tests, setup, teardown);
}
