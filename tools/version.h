/* Twinboot's version, for --version. */
#ifndef TOOLS_VERSION_H
#define TOOLS_VERSION_H

#define TWINBOOT_VERSION "1.0"

#endif
