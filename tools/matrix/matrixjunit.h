/* JUnit's XML, as GitLab, Jenkins and others read it. */
#ifndef TOOLS_MATRIX_MATRIXJUNIT_H
#define TOOLS_MATRIX_MATRIXJUNIT_H

#include <jansson.h>
#include <stdio.h>

/* MATRIX is what matrixout_json() makes. */
void matrixjunit_write(const json_t *matrix, FILE *out);

#endif
