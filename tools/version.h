/* Twinboot's version, as the head of CHANGELOG.md has it. */
#ifndef TOOLS_VERSION_H
#define TOOLS_VERSION_H

extern const char version_number[];	/* "1.0" */
extern const char version_date[];	/* of the release: "2026-11-28" */

#endif
