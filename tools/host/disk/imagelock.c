/*
 * Locks of two kinds: one among ourselves, and those by which QEMU, since 2.10,
 * keeps its own processes apart: a shared lock on byte 100 + N of a file says
 * that its holder uses permission N, one on byte 200 + N that it suffers nobody
 * who does; 1 is writing.  A file system without locks cannot be asked.
 */
#include "tools/host/disk/imagelock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/file.h>
#include <unistd.h>

#include "tools/report.h"

#define USES_WRITING 101
#define SUFFERS_NO_WRITER 201

static struct flock lock_of(short type, off_t byte)
{
	return (struct flock){ .l_type = type, .l_whence = SEEK_SET,
			       .l_start = byte, .l_len = 1 };
}

static bool others_hold(int fd, off_t byte)
{
	struct flock l = lock_of(F_WRLCK, byte);

	return !fcntl(fd, F_OFD_GETLK, &l) && l.l_type != F_UNLCK;
}

/* As QEMU does: say what we do, then look whether somebody minds. */
static bool take_qemus(int fd)
{
	struct flock uses = lock_of(F_RDLCK, USES_WRITING);
	struct flock alone = lock_of(F_RDLCK, SUFFERS_NO_WRITER);

	if ((fcntl(fd, F_OFD_SETLK, &uses) ||
	     fcntl(fd, F_OFD_SETLK, &alone)) &&
	    (errno == EAGAIN || errno == EACCES))
		return false;
	return !others_hold(fd, USES_WRITING) &&
	       !others_hold(fd, SUFFERS_NO_WRITER);
}

int imagelock_unwritten(int fd, const char *name)
{
	return others_hold(fd, USES_WRITING) ?
	       report_error("%s: a machine runs from it, or something else "
			    "changes it", name) : 0;
}

int imagelock_take(int fd, const char *name)
{
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return report_error("%s: another twinboot changes it", name);
	if (!take_qemus(fd))
		return report_error("%s: a machine runs from it, or something "
				    "else changes it", name);
	return 0;
}
