/*
 * A file that appears under its name only when it is whole.
 */
#ifndef TOOLS_OUTPUT_H
#define TOOLS_OUTPUT_H

#include <stdint.h>

#define OUTPUTS 4

struct output {
	const char *path;	/* the final name */
	char *temp;		/* in the same directory */
	int fd;			/* children inherit it */
	/*
	 * "/proc/self/fd/7": the same file, for programs of others, to which
	 * PATH might mean more than a name ("-x", "a@@1", "$(b)").
	 */
	char name[32];
};

/* A signal that ends us says so and leaves nothing; output_open() calls it. */
void output_catch_signals(void);

/*
 * Create the temporary file, SIZE bytes of nothing.  It is removed by
 * output_abort and when a signal ends us.  At most OUTPUTS at a time.
 * All three: 0, or -1 with an error reported.
 */
int output_open(struct output *o, const char *path);
int output_resize(struct output *o, uint64_t size);

/* The file PATH, which we read, never becomes an output, by whatever name. */
void output_protect(const char *path);

/* Everything is on the disk under the final name when this returns 0. */
int output_commit(struct output *o);
void output_abort(struct output *o);

/*
 * A temporary directory, removed with all that is in it by scratch_remove and
 * when a signal ends us.  NULL with an error reported.
 */
const char *output_scratch(void);
void output_scratch_remove(void);

#endif
