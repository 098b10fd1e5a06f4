/*
 * Boot programs only: what the compression libraries' archives name but never
 * reach on our paths.  Every method is given its own allocator, so malloc()
 * gives nothing; libbz2's file functions, in one object with the decompressor,
 * would bring a whole stdio along.
 */
#include <stddef.h>

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void free(void *p);
void exit(int status);
void *fopen64(const char *path, const char *mode);
void *fdopen(int fd, const char *mode);
int fclose(void *f);
int fflush(void *f);
int ferror(void *f);
int fgetc(void *f);
int ungetc(int c, void *f);
int fputc(int c, void *f);
size_t fread(void *p, size_t size, size_t n, void *f);
size_t fwrite(const void *p, size_t size, size_t n, void *f);
int __fprintf_chk(void *f, int flag, const char *format, ...);
const unsigned short **__ctype_b_loc(void);
extern void *stdin, *stdout, *stderr;

void *stdin, *stdout, *stderr;

void *malloc(size_t size)
{
	return NULL;
}

void *calloc(size_t n, size_t size)
{
	return NULL;
}

void free(void *p)
{
}

/* libbz2 calls it when it finds a bug in itself. */
void exit(int status)
{
	__builtin_trap();
}

void *fopen64(const char *path, const char *mode)
{
	return NULL;
}

void *fdopen(int fd, const char *mode)
{
	return NULL;
}

int fclose(void *f)
{
	return -1;
}

int fflush(void *f)
{
	return -1;
}

int ferror(void *f)
{
	return 1;
}

int fgetc(void *f)
{
	return -1;
}

int ungetc(int c, void *f)
{
	return -1;
}

int fputc(int c, void *f)
{
	return -1;
}

size_t fread(void *p, size_t size, size_t n, void *f)
{
	return 0;
}

size_t fwrite(const void *p, size_t size, size_t n, void *f)
{
	return 0;
}

int __fprintf_chk(void *f, int flag, const char *format, ...)
{
	return -1;
}

const unsigned short **__ctype_b_loc(void)
{
	static const unsigned short *none;

	return &none;
}
