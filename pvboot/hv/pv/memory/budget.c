/*
 * What is left of the present exit's budget.  Before the first exit there is no
 * guest that could ask for too much.
 */
#include "pvboot/hv/pv/memory/budget.h"

int32_t budget_size = 10000;
int32_t budget_left = INT32_MAX;
