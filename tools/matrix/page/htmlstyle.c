/*
 * The style sheet is a file of its own, htmlstyle.css, for whoever wants to
 * change it; its bytes are taken in here, so the program needs no file.
 */
#include "tools/matrix/page/htmlstyle.h"

__asm__(".pushsection .rodata\n"
	".globl htmlstyle\n"
	".type htmlstyle, @object\n"
	"htmlstyle:\n"
	".incbin \"tools/matrix/page/htmlstyle.css\"\n"
	".byte 0\n"
	".size htmlstyle, . - htmlstyle\n"
	".popsection");
