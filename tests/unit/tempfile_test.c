/* Writing to where there is less room than bytes. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/tempfile.h"

#define ROOM 4096u

/* What ends short is an error with the reason, not the one of another call. */
static void test_full(void **state)
{
	struct rlimit was, small;
	static char buf[2 * ROOM];
	int fd = tempfile_open(NULL);
	struct stat st;

	assert_true(fd >= 0);
	memset(buf, 'x', sizeof(buf));
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = (struct rlimit){ ROOM, was.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	errno = EISDIR;
	assert_int_equal(tempfile_write(fd, 100, buf, sizeof(buf)), -1);
	assert_int_equal(errno, EFBIG);
	errno = EISDIR;
	assert_int_equal(tempfile_put(fd, 100, buf, sizeof(buf)), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(tempfile_write(fd, 100, buf, ROOM - 100), 0);
	/* Zeroes are no bytes. */
	memset(buf, 0, sizeof(buf));
	assert_int_equal(tempfile_put(fd, ROOM, buf, sizeof(buf)), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, ROOM);
	close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
