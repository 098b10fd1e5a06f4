/* A TPM 2.0 for a machine: swtpm, with a state that is gone with it. */
#ifndef TOOLS_VM_TPM_H
#define TOOLS_VM_TPM_H

#include <sys/types.h>

#include "tools/vm/path.h"

struct tpm {
	pid_t pid;		/* 0: none */
	char dir[64];		/* its state */
};

/* Start it and tell QEMU by A, which owns the socket. 0, or -1 reported. */
int tpm_start(struct tpm *t, struct vm_args *a);
void tpm_stop(struct tpm *t);

#endif
