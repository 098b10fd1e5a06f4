/* Who changes an image in place is alone with it. */
#ifndef TOOLS_HOST_DISK_IMAGELOCK_H
#define TOOLS_HOST_DISK_IMAGELOCK_H

/*
 * From here on, and until FD is closed, no other twinboot and no QEMU writes to
 * the image NAME, which is open as FD, or runs from it.  0, or -1 with an error
 * reported: one does already.
 */
int imagelock_take(int fd, const char *name);

/*
 * Whether nobody writes to the image NAME just now, which is open as FD: what
 * is read of it meanwhile is of no one time.  0, or -1 with an error reported.
 */
int imagelock_unwritten(int fd, const char *name);

#endif
