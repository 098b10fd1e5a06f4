/*
 * How a kernel of flat 32-bit mode begins that is told something at EBX: its
 * magic number in ECX goes to from_32 as the second argument.
 */
#define FROM_TOLD			\
	rdtsc;				\
	movl	%ebx, %esi;		\
	movl	%ecx, %ebx;		\
	movl	$stack_end, %esp;	\
	jmp	from_32
