/* cmocka, with what it needs before it; its fail() macro is in our way. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail
#undef fail_msg
#define fail_msg(...)							\
	do {								\
		print_error("ERROR: " __VA_ARGS__);			\
		print_error("\n");					\
		_fail(__FILE__, __LINE__);				\
	} while (0)

#endif
