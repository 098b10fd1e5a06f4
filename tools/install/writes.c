/*
 * A backup is a head, then for each write its place, length and the old bytes,
 * in the order in which they go back; a SHA-256 of all that ends it.
 */
#include "tools/install/writes.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/output.h"
#include "tools/report.h"

#define MAGIC "TWINBOOT BACKUP 1\n"
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define HASH 32
#define BACKUP_MAX (1l << 30)

struct record {
	uint64_t at, len, step;	/* little-endian */
};

void writes_add(struct writes *w, uint64_t at, const void *data, size_t len,
		const char *what)
{
	struct writes_one *one;

	w->one = realloc(w->one, (w->n + 1) * sizeof(*w->one));
	if (!w->one)
		abort();
	one = &w->one[w->n++];
	*one = (struct writes_one){ .at = at, .len = len, .step = w->step,
				    .what = what, .data = malloc(len) };
	if (!one->data)
		abort();
	memcpy(one->data, data, len);
}

void writes_step(struct writes *w)
{
	w->step++;
}

void writes_free(struct writes *w)
{
	while (w->n)
		free(w->one[--w->n].data);
	free(w->one);
	*w = (struct writes){ 0 };
}

static int put(int fd, const uint8_t *p, size_t len, uint64_t at,
	       const char *name)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pwrite(fd, p + done, len - done,
				   (off_t)(at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return report_errno("%s", name);
		done += (size_t)n;
	}
	return 0;
}

/*
 * Where the file has holes, and its file system may get full: room for all that
 * is written, before the first byte changes.
 */
static int reserve(const struct writes *w, int fd, const char *name)
{
	for (size_t i = 0; i < w->n; i++)
		if (fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)w->one[i].at,
			      (off_t)w->one[i].len) &&
		    (errno == ENOSPC || errno == EDQUOT))
			return report_errno("%s", name);
	return 0;
}

int writes_run(const struct writes *w, int fd, const char *name)
{
	if (reserve(w, fd, name))
		return -1;
	for (size_t i = 0; i < w->n; i++) {
		const struct writes_one *one = &w->one[i];

		if (i && one->step != w->one[i - 1].step && fsync(fd))
			return report_errno("%s", name);
		if (put(fd, one->data, one->len, one->at, name))
			return -1;
	}
	return fsync(fd) ? report_errno("%s", name) : 0;
}

json_t *writes_json(const struct writes *w)
{
	json_t *list = json_array();

	for (size_t i = 0; i < w->n; i++)
		json_array_append_new(list, json_pack(
			"{sI sI si ss}", "offset", (json_int_t)w->one[i].at,
			"size", (json_int_t)w->one[i].len, "step",
			(int)w->one[i].step, "what", w->one[i].what));
	return list;
}

/* ---- backup ---- */

static void keep(FILE *f, SHA2_CTX *sha, const void *p, size_t len)
{
	SHA256Update(sha, p, len);
	fwrite(p, 1, len, f);
}

/* The old bytes behind W's writes, last one first. */
static int keep_all(const struct writes *w, int fd, FILE *f)
{
	uint8_t hash[HASH];
	SHA2_CTX sha;

	SHA256Init(&sha);
	keep(f, &sha, MAGIC, MAGIC_LEN);
	for (size_t i = w->n; i-- > 0; ) {
		const struct writes_one *one = &w->one[i];
		struct record r = { htole64(one->at), htole64(one->len),
				    htole64(w->step - one->step) };
		uint8_t *old = malloc(one->len);

		if (!old)
			abort();
		if (pread(fd, old, one->len, (off_t)one->at) !=
		    (ssize_t)one->len) {
			free(old);
			return report_error("reading the image");
		}
		keep(f, &sha, &r, sizeof(r));
		keep(f, &sha, old, one->len);
		free(old);
	}
	SHA256Final(hash, &sha);
	fwrite(hash, 1, sizeof(hash), f);
	return 0;
}

int writes_backup(const struct writes *w, int fd, const char *path)
{
	char *text = NULL;
	size_t size;
	struct output out;
	FILE *f = open_memstream(&text, &size);
	int err;

	if (!f)
		abort();
	err = keep_all(w, fd, f);
	fclose(f);
	if (!err && !(err = output_open(&out, path))) {
		err = put(out.fd, (uint8_t *)text, size, 0, path);
		if (err)
			output_abort(&out);
		else
			err = output_commit(&out);
	}
	free(text);
	return err;
}

/* The records of SIZE bytes at P as W. */
static int take_records(struct writes *w, const uint8_t *p, size_t size)
{
	size_t at = MAGIC_LEN;

	while (at < size) {
		struct record r;

		if (size - at < sizeof(r))
			return -1;
		memcpy(&r, p + at, sizeof(r));
		at += sizeof(r);
		r = (struct record){ le64toh(r.at), le64toh(r.len),
				     le64toh(r.step) };
		if (!r.len || r.len > size - at || r.at > INT64_MAX - r.len ||
		    r.step > UINT32_MAX)
			return -1;
		w->step = (unsigned)r.step;
		writes_add(w, r.at, p + at, r.len, "what was there");
		at += r.len;
	}
	return 0;
}

/* F's bytes, malloc'd, and how many; NULL: it is no backup. */
static uint8_t *read_whole(FILE *f, size_t *size)
{
	struct stat st;
	uint8_t *all;

	if (fstat(fileno(f), &st) || !S_ISREG(st.st_mode) ||
	    st.st_size > BACKUP_MAX || st.st_size < (off_t)MAGIC_LEN + HASH)
		return NULL;
	*size = (size_t)st.st_size;
	all = malloc(*size);
	if (!all)
		abort();
	if (fread(all, 1, *size, f) == *size)
		return all;
	free(all);
	return NULL;
}

static bool is_whole(const uint8_t *all, size_t size)
{
	uint8_t hash[HASH];
	SHA2_CTX sha;

	SHA256Init(&sha);
	SHA256Update(&sha, all, size - HASH);
	SHA256Final(hash, &sha);
	return !memcmp(all, MAGIC, MAGIC_LEN) &&
	       !memcmp(all + size - HASH, hash, HASH);
}

int writes_restore(struct writes *w, int fd, const char *path)
{
	uint64_t end = (uint64_t)lseek(fd, 0, SEEK_END);
	int in = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t *all;
	size_t size;
	bool ok;
	FILE *f;

	if (in < 0)
		return report_errno("%s", path);
	f = fdopen(in, "r");
	if (!f)
		abort();
	all = read_whole(f, &size);
	fclose(f);
	ok = all && is_whole(all, size) && !take_records(w, all, size - HASH);
	free(all);
	for (size_t i = 0; ok && i < w->n; i++)
		if (w->one[i].at + w->one[i].len > end)
			return report_error("%s: of another image, which is "
					    "larger", path);
	return ok ? 0 : report_error("%s: not a backup of ours, or not whole",
				     path);
}
