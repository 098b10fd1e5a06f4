/*
 * Passwords: `password` in the header keeps people from anything but starting
 * entries until they type it, in an entry it asks.
 */
#ifndef MENU_AUTH_H
#define MENU_AUTH_H

#include "menu/run.h"

/*
 * Ask for the header's password.  0: it was right; then r->configfile is the
 * file that it is to open, if the line names one.  ERR_AUTH, what
 * crypt_hash() gives.
 */
int auth_unlock(struct runner *r);

/* The command in an entry.  As auth_unlock(). */
int auth_password(struct runner *r, const char *args);

/* Ask for a password and print its hash. */
int auth_md5crypt(struct runner *r, const char *args);

#endif
