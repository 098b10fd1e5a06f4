/* The Makefile reads both from CHANGELOG.md. */
#include "tools/version.h"

const char version_number[] = TWINBOOT_VERSION;
const char version_date[] = TWINBOOT_DATE;
