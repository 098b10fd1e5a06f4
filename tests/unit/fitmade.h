/*
 * A FIT image for tests, made token by token, and loaded from one byte array.
 */
#ifndef TESTS_UNIT_FITMADE_H
#define TESTS_UNIT_FITMADE_H

#include "tests/unit/carried.h"

#include <stdio.h>

#include "loader/base/err.h"
#include "loader/disk/crc32.h"
#include "loader/hash.h"
#include "loader/kernel/fit/fit.h"
#include "loader/kernel/fit/fit_tree.h"
#include "loader/platform.h"

#define TREE 0x40u		/* structure block; its strings at STRINGS */
#define STRINGS 0x3000u
#define TOTAL 0x3800u
#define BEHIND (TOTAL + 0x100u)

static uint8_t image[0x8000], room[1 << 19];
static struct platform platform;
static uint32_t at, names, value_len, behind, number_len;
static char said[512];

static inline int load_fit(struct boot_entry *e, const struct memmap *map,
			   struct arena *a, struct handover *ho)
{
	return fit_load(kernels, e, map, a, ho);
}

static const struct kernel_format format = { "fit", fit_probe, load_fit,
					     BY_KERNEL };

static inline void fake_write(const char *s, size_t len)
{
	size_t n = strlen(said);

	snprintf(said + n, sizeof(said) - n, "%.*s", (int)len, s);
}

/* A kernel that is "gzip'd" comes out as what it should be. */
static inline int fake_unpack(const struct platform *p, const char *path,
			      struct file *f, struct file *out)
{
	fs_mem_file(out, "LINUX-UNPACKED", 14);
	return 0;
}

static inline void put(uint32_t where, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		image[where + (uint32_t)i] = (uint8_t)(v >> (24 - 8 * i));
}

static inline void word(uint32_t v)
{
	put(at, v);
	at += 4;
}

static inline void bytes(const void *p, uint32_t len)
{
	memcpy(image + at, p, len);
	at += (len + 3) & ~3u;
}

static inline void begin(const char *name)
{
	word(1);
	bytes(name, (uint32_t)strlen(name) + 1);
}

static inline void end(void)
{
	word(2);
}

static inline void prop(const char *name, const void *value, uint32_t len)
{
	word(3);
	word(len);
	word(names);
	memcpy(image + STRINGS + names, name, strlen(name) + 1);
	names += (uint32_t)strlen(name) + 1;
	bytes(value, len);
}

static inline void text(const char *name, const char *value)
{
	prop(name, value, (uint32_t)strlen(value) + 1);
}

static inline void number(const char *name, uint32_t v)
{
	put(at + 12, v);
	prop(name, image + at + 12, number_len);
}

static inline void hash(const char *name, const char *algo, const void *data,
			size_t len)
{
	uint8_t value[HASH_SIZE + 4] = { 0 };
	struct arena arena = { room, sizeof(room), 0 };
	struct platform p = { .arena = &arena };
	uint32_t crc = crc32_more(0, data, len);
	struct file f;

	fs_mem_file(&f, data, len);
	assert_int_equal(hash_file(&p, &f, value), 0);
	begin(name);
	text("algo", algo);
	if (!strcmp(algo, "crc32"))
		number("value", crc);
	else
		prop("value", value, value_len);
	end();
}

/* What the tests change, by name. */
static const char *arch, *compression, *kernel_hash, *second_hash, *extra,
		  *ramdisk, *kernel_data;
static enum { INLINE, OFFSET, POSITION } external;

static inline void begin_part(const char *name, const char *data)
{
	uint32_t len = (uint32_t)strlen(data);

	begin(name);
	if (external == INLINE) {
		prop("data", data, len);
	} else {
		memcpy(image + BEHIND, data, len);
		number(external == OFFSET ? "data-offset" : "data-position",
		       external == OFFSET ? behind - TOTAL : behind);
		number("data-size", len);
	}
	text("arch", arch);
}

static inline void header(void)
{
	put(0, 0xd00dfeed);
	put(4, TOTAL);
	put(8, TREE);
	put(12, STRINGS);
	put(20, 17);
	put(24, 16);
	put(32, names);
	put(36, at - TREE);
}

static inline void make(void)
{
	at = TREE;
	names = 0;
	memset(image, 0, sizeof(image));
	begin("");
	word(4);
	begin("images");
	begin_part("kernel-1", kernel_data);
	text("compression", compression);
	hash("hash-1", kernel_hash, kernel_data, strlen(kernel_data));
	if (second_hash)
		hash("hash-2", second_hash, kernel_data, strlen(kernel_data));
	end();
	external = INLINE;
	begin_part("ramdisk-1", "INITRD");
	hash("hash", "crc32", "INITRD", 6);
	end();
	end();
	begin("configurations");
	text("default", "conf-2");
	begin("conf-1");
	text("kernel", "other");
	end();
	begin("conf-2");
	text("kernel", "kernel-1");
	if (ramdisk)
		text("ramdisk", ramdisk);
	if (extra) {
		begin(extra);
		end();
	}
	end();
	end();
	end();
	word(9);
	header();
}

static inline int setup(void **state)
{
	arch = "x86_64";
	compression = "none";
	kernel_hash = "sha256";
	second_hash = extra = NULL;
	ramdisk = "ramdisk-1";
	kernel_data = "LINUX-KERNEL";
	external = INLINE;
	value_len = HASH_SIZE;
	number_len = 4;
	behind = BEHIND;
	entry = (struct boot_entry){ .kernel_path = "/x.itb", .args = "mine",
				     .platform = &platform };
	platform = (struct platform){ .write = fake_write, .hash = hash_file };
	make();
	return 0;
}

static inline int load(void)
{
	static const struct kernel_format *const formats[] = { &format, NULL };
	static const struct memmap map;
	static struct handover ho;
	struct arena arena = { room, sizeof(room), 0 };
	int err;

	err_clear();
	said[0] = 0;
	loaded = NULL;
	platform.arena = &arena;
	fs_mem_file(&entry.kernel, image, sizeof(image));
	err = kernel_load(formats, &entry, &map, &arena, &ho);
	if (!err) {
		assert_string_equal(ho.format, "fit");
		assert_string_equal(ho.cmdline, loaded->args);
	}
	return err;
}

static inline int load_made(void)
{
	make();
	return load();
}

static inline void holds(struct file *f, const char *what)
{
	char buf[32];

	assert_int_equal(f->size, strlen(what));
	assert_int_equal(fs_read(f, 0, f->size, buf), 0);
	assert_memory_equal(buf, what, strlen(what));
}

#endif
