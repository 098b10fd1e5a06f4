/*
 * Images as people have them.  What a file is, its first or last bytes say, and
 * from then on that is said to QEMU in so many words: it never guesses.  So a
 * disk whose guest writes another format's header to it stays what it was.
 */
#include "tools/host/disk/image.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/host/disk/image_format.h"
#include "tools/host/disk/image_others.h"
#include "tools/host/disk/image_unpack.h"
#include "tools/host/disk/image_whole.h"
#include "tools/host/disk/imagelock.h"
#include "tools/output.h"
#include "tools/proc.h"
#include "tools/progress.h"
#include "tools/report.h"
#include "tools/tempfile.h"

#define SECTOR 512
#define SIZE_MAX_BYTES (1ull << 40)	/* of a disk that is unpacked */

/* Opening a FIFO would wait for somebody to write to it. */
static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return report_errno("%s", path);
	if (!fstat(fd, &st) && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))) {
		output_protect(path);
		return fd;
	}
	close(fd);
	return report_error("%s: neither a file nor a block device", path);
}

/* What comes in, in a file without a name; what is zero has no size there. */
static int copy_input(int out)
{
	static char buf[1 << 16];
	uint64_t size = 0;
	ssize_t n;

	while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0) {
		if (size + (size_t)n > SIZE_MAX_BYTES)
			return report_error("-: more than a TiB");
		if (tempfile_put(out, size, buf, (size_t)n))
			return report_errno("%s", tempfile_dir());
		size += (size_t)n;
	}
	if (n < 0)
		return report_errno("standard input");
	if (!size)
		return report_error("-: nothing comes on standard input");
	return ftruncate(out, (off_t)size) ? report_errno("%s", tempfile_dir())
		: 0;
}

static int open_input(void)
{
	int fd = tempfile_open(NULL);

	if (fd >= 0 && copy_input(fd)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool is_device(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISBLK(st.st_mode);
}

/* PATH as a value of QEMU's key=value syntax, where only commas count. */
static void put_value(const char *path, char *to, size_t size)
{
	size_t n = 0;

	for (; *path && n + 2 < size; path++) {
		to[n++] = *path;
		if (*path == ',')
			to[n++] = ',';
	}
	to[n] = 0;
}

/* IMG's file, which is open as IN, for QEMU, without the files it names. */
static void alone(const struct image *img, int in, char *source, size_t size)
{
	char file[32];

	tempfile_name(in, file);
	snprintf(source, size, "json:{\"driver\":\"%s\",\"backing\":null,"
		 "\"file\":{\"driver\":\"file\",\"filename\":\"%s\"}}",
		 img->format, file);
}

static int check_tables(const struct image *img)
{
	char source[256], why[600];
	int status;

	alone(img, img->fd, source, sizeof(source));
	status = image_whole_tables(img->format, source, why);
	return status > 0 ? report_error("%s: a %s image that is %s", img->path,
					 img->format, why) : status;
}

/* After the disk was read, which has a limit; what is asked here has none. */
static int check_whole(const struct image *img)
{
	char source[256];
	int status;

	alone(img, img->fd, source, sizeof(source));
	status = image_whole_check(img->path, img->fd, img->format, source);
	return status > 0 ? report_error("%s: a %s image that is cut short",
					 img->path, img->format) : status;
}

/* Before the first slash, a colon ends the name of a protocol. */
char *image_file_name(const char *path)
{
	const char *colon = strchr(path, ':'), *slash = strchr(path, '/');
	char *name;

	if (asprintf(&name, "%s%s", colon && (!slash || colon < slash) ? "./" :
		     "", path) < 0)
		abort();
	return name;
}

/* IMG's file as FILE, because what it names is relative to that. */
static void by_name(const struct image *img, const char *file, char *options,
		    size_t size)
{
	char value[8192];

	put_value(file, value, sizeof(value));
	snprintf(options, size, "driver=%s,file.driver=file,file.filename=%s",
		 img->format, value);
}

/* The disk in IMG's file into OUT; by OPTIONS if it names others, or NULL. */
static int convert(const struct image *img, int out, const char *options)
{
	char source[256], target[32], what[4400];
	const char *argv[] = { "qemu-img", "convert", "-O", "raw", source,
			       target, NULL, NULL };

	tempfile_name(out, target);
	alone(img, img->fd, source, sizeof(source));
	if (options) {
		argv[4] = "--image-opts";
		argv[5] = options;
		argv[6] = target;
	}
	progress_say("unpacking the image", 0, 0);
	snprintf(what, sizeof(what), "%s: a %s image that cannot be read into "
		 "%s", img->path, img->format, tempfile_dir());
	return proc_run_limited(what, argv, SIZE_MAX_BYTES);
}

/* As QEMU reads it together with what it names. */
static int convert_others(const struct image *img, int out)
{
	char *file = image_file_name(img->path), options[9000];
	json_t *chain;
	int err;

	by_name(img, file, options, sizeof(options));
	chain = image_others_find(img->path, options);
	err = chain ? convert(img, out, options) : -1;
	if (!err)
		err = image_others_check(img->path, file, img->format, chain);
	json_decref(chain);
	free(file);
	return err;
}

static int convert_alone(const struct image *img, int out)
{
	return check_tables(img) || convert(img, out, NULL) ? -1 :
	       check_whole(img);
}

/* The disk in place of the file that IMG->fd is, which may name OTHERS. */
static int unpack_disk(struct image *img, bool others)
{
	int out = tempfile_open(NULL), err;

	if (out < 0)
		return -1;
	err = others ? convert_others(img, out) : convert_alone(img, out);
	close(img->fd);
	img->fd = out;
	img->is_copy = true;
	return err;
}

static int unpack_format(struct image *img, bool backing)
{
	char why[160];
	bool others = image_format_names(img->fd, img->format, why);

	if (others && !backing)
		return report_error("%s: a %s image that %s: --backing lets it",
				    img->path, img->format, why);
	if (others && img->packed)
		return report_error("%s: --backing: not for a compressed image",
				    img->path);
	if (image_format_encrypted(img->fd, img->format))
		return report_error("%s: a %s image that is encrypted, which "
				    "is not read", img->path, img->format);
	if (!img->packed && imagelock_unwritten(img->fd, img->path))
		return -1;
	fcntl(img->fd, F_SETFD, 0);
	return unpack_disk(img, others);
}

/* IMG->fd is a disk, or what a disk can be made of. */
static int check_kind(const struct image *img)
{
	const char *twice = img->packed ? image_unpack_name(img->fd) : NULL;
	const char *other = image_format_other(img->fd);

	if (twice)
		return report_error("%s: compressed twice: unpack it (%s) "
				    "first", img->path, img->packed);
	return other ? report_error("%s: a %s, not a disk image: unpack it "
				    "first", img->path, other) : 0;
}

int image_open_file(const char *path)
{
	return strcmp(path, "-") ? open_file(path) : open_input();
}

int image_open(struct image *img, const char *path, bool backing)
{
	int err = 0;

	*img = (struct image){ .path = path, .is_copy = !strcmp(path, "-") };
	img->fd = image_open_file(path);
	if (img->fd < 0)
		return -1;
	img->is_device = is_device(img->fd);
	img->packed = image_unpack_name(img->fd);
	if (img->packed)
		err = image_unpack(img);
	if (!err)
		err = check_kind(img);
	if (!err) {
		img->format = image_format(img->fd);
		if (strcmp(img->format, "raw"))
			err = unpack_format(img, backing);
	}
	if (!err && lseek(img->fd, 0, SEEK_END) < SECTOR)
		err = report_error("%s: not a disk image", path);
	progress_say("", 0, 0);
	if (err)
		image_close(img);
	else
		tempfile_name(img->fd, img->name);
	return err;
}

void image_close(struct image *img)
{
	if (img->fd >= 0)
		close(img->fd);
	img->fd = -1;
}
