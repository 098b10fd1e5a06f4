#include "tools/menu.h"
void menu_explain(const struct lst *l, enum lst_dialect dialect, FILE *out)
{
}
