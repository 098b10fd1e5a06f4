/*
 * Errors: GRUB 0.97's numbers, negated, because those are what people search
 * for.  fail() keeps the first message until err_clear(); callers pass the
 * code up and only the place that shows the error asks for its text.
 */
#ifndef LOADER_BASE_ERR_H
#define LOADER_BASE_ERR_H

enum err {
	ERR_FILENAME = -1,	/* not a GRUB file name */
	ERR_FILE_TYPE = -2,	/* neither a regular file nor a directory */
	ERR_GZIP = -3,		/* compressed data is broken */
	ERR_PARTITION_TABLE = -5,
	ERR_BELOW_1MB = -7,
	ERR_NO_KERNEL = -8,
	ERR_BOOT = -9,		/* the last step failed */
	ERR_MULTIBOOT = -10,
	ERR_DEVICE_NAME = -11,
	ERR_DEVICE_VALUE = -12,
	ERR_EXEC_FORMAT = -13,
	ERR_FILE_LENGTH = -14,
	ERR_FILE_NOT_FOUND = -15,
	ERR_FS_CORRUPT = -16,
	ERR_FS_MOUNT = -17,
	ERR_GEOMETRY = -18,
	ERR_NEED_LINUX = -19,	/* initrd before kernel */
	ERR_NEED_MULTIBOOT = -20, /* module before kernel */
	ERR_NO_DISK = -21,
	ERR_NO_PARTITION = -22,
	ERR_NUMBER = -23,
	ERR_OUTSIDE_PARTITION = -24,
	ERR_READ = -25,
	ERR_SYMLINK_LOOP = -26,
	ERR_COMMAND = -27,
	ERR_NO_MEMORY = -28,
	ERR_WRITE = -29,
	ERR_ARGUMENT = -30,
	ERR_UNALIGNED = -31,
	ERR_AUTH = -32,
	ERR_DEVICE_INIT = -33,
	ERR_NO_SPARE_SECTORS = -34,
	ERR_OVERFLOW = -35,

	ERR_NOTMINE = -100,	/* "not my format, try the next": no message */
};

/*
 * Record CODE with a formatted detail (see fmt.h) unless a message is held
 * already; returns CODE so that "return fail(...)" reads well.
 */
int fail(int code, const char *detail, ...)
	__attribute__((format(printf, 2, 3), cold));

/* Forget the message held. */
void err_clear(void);

/* "Error 15: File not found: /boot/vmlinuz", or "" when nothing failed. */
const char *err_text(void);

#endif
