/*
 * Genuine Xen under QEMU: QEMU starts Xen by Multiboot, with Debian's kernel
 * as dom0 and a small initrd whose tool stack builds one PV guest from our PV
 * loader.  The guest's console is COM1 (so Xen itself keeps silent), its disk
 * the machine's first virtio disk.
 */
#include "tools/vm/xen.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/host/boot/hostconf.h"
#include "tools/host/expected.h"
#include "tools/report.h"
#include "tools/vm/testbed.h"

#define DOM0_MB 400u		/* its tool stack unpacks kernels in memory */
#define XEN_MB 192u

static char *beside(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	return path;
}

/* The disk's name: what was asked for, else what the image's settings say. */
static void take_vdev(const struct vm_config *c, char vdev[16])
{
	struct settings s;

	if (c->vdev) {
		snprintf(vdev, 16, "%s", c->vdev);
	} else {
		hostconf_read(&s, c->fd, c->sector);
		hostconf_vdev(&s, vdev);
	}
}

int xen_machine(struct vm_args *a, const struct vm_config *c)
{
	const char *missing = testbed_missing();
	char vdev[16] = "xvda";
	char *guest = missing ? NULL : testbed_find("guest.initrd");
	char *dir, *xen, *dom0, *initrd;
	unsigned mem = c->mem_mb ? c->mem_mb : EXPECTED_MEM_MB;

	if (!guest)
		return report_error("%s", missing);
	take_vdev(c, vdev);
	dir = dirname(strdup(guest));
	xen = beside(dir, "xen");
	dom0 = path_value(path_word(a, beside(dir, "vmlinux")));
	initrd = path_value(path_word(a, guest));
	path_add(a, "-machine");
	path_add(a, "pc");
	path_add(a, "-m");
	path_addf(a, "%u", mem + DOM0_MB + XEN_MB);
	path_add(a, "-device");
	path_add(a, "pvpanic");
	path_add(a, "-kernel");
	path_add(a, path_word(a, xen));
	path_firmware(a, xen);
	path_firmware(a, guest);
	path_add(a, "-append");
	path_addf(a, "console=none no-real-mode vga=none dom0_max_vcpus=1 "
		    "spec-ctrl=no xpti=no smt=0 watchdog=0 cpufreq=none "
		    "cpuidle=0 dom0_mem=%uM,max:%uM", DOM0_MB, DOM0_MB);
	path_add(a, "-initrd");
	path_addf(a, "%s console=hvc0 loglevel=3 mitigations=off "
		    "random.trust_cpu=on rdinit=/init xt.serial xt.mem=%u "
		    "xt.vdev=%s xt.vcpus=%u,%s", dom0, mem, vdev,
		    c->extra.smp ? c->extra.smp : 1, initrd);
	return 0;
}
