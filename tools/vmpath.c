/*
 * QEMU's command line, as data: boot paths and disks are tables.  TCG is asked
 * for by name, because runs are to be the same on every machine.
 */
#include "tools/vmpath.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/hostdisk.h"
#include "tools/recipe.h"
#include "tools/report.h"
#include "tools/stages.h"
#include "tools/vmdirect.h"
#include "tools/vmxen.h"

static int bios_machine(struct vm_args *a, const struct vm_config *c)
{
	if (c->sector != 512)
		return report_error("%s has sectors of %u bytes: SeaBIOS does "
				    "not boot from such disks", c->image,
				    c->sector);
	vmpath_machine(a, c, "pc");
	return 0;
}

/* OVMF takes disks of any sector size.  Its variables are not kept. */
static int add_ovmf(struct vm_args *a, const struct vm_config *c,
		    const char *machine, const char *code, const char *vars)
{
	if (access(code, R_OK) || access(vars, R_OK))
		return report_error("%s: no such file; install the package "
				    "ovmf", access(code, R_OK) ? code : vars);
	vmpath_machine(a, c, machine);
	vmpath_add(a, "-drive");
	vmpath_addf(a, "if=pflash,format=raw,readonly=on,file=%s", code);
	vmpath_add(a, "-drive");
	vmpath_addf(a, "if=pflash,format=raw,snapshot=on,file=%s", vars);
	vmpath_firmware(a, code);
	vmpath_firmware(a, vars);
	return 0;
}

static int uefi_machine(struct vm_args *a, const struct vm_config *c)
{
	return add_ovmf(a, c, "q35", "/usr/share/OVMF/OVMF_CODE_4M.fd",
			"/usr/share/OVMF/OVMF_VARS_4M.fd");
}

/*
 * This build of OVMF keeps its variables in system management mode, and hangs
 * on a machine where others could write them.
 */
static int uefi_secure_machine(struct vm_args *a, const struct vm_config *c)
{
	vmpath_add(a, "-global");
	vmpath_add(a, "driver=cfi.pflash01,property=secure,value=on");
	return add_ovmf(a, c, "q35,smm=on",
			"/usr/share/OVMF/OVMF_CODE_4M.secboot.fd",
			"/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd");
}

static const char *no_ovmf(void)
{
	return access("/usr/share/OVMF/OVMF_CODE_4M.fd", R_OK) ?
		"ovmf is not installed" : NULL;
}

/* Our hypervisor by Multiboot; without modules it boots the disk's menu. */
static int pv_machine(struct vm_args *a, const struct vm_config *c)
{
	static const struct recipe none;
	const char *hv = stages_find(&none, "hv.elf");

	if (!hv)
		return report_error("hv.elf: no such file; `make' builds it");
	vmpath_add(a, "-machine");
	vmpath_add(a, "pc");
	vmpath_add(a, "-kernel");
	vmpath_add(a, hv);
	vmpath_firmware(a, hv);
	if (c->vdev) {
		vmpath_add(a, "-append");
		vmpath_addf(a, "vbd=%s:hd0", c->vdev);
	}
	vmpath_add(a, "-device");
	vmpath_add(a, "isa-debug-exit,iobase=0xf4,iosize=4");
	return 0;
}

static const struct vm_path paths[] = {
	{ "bios", "SeaBIOS, then our boot sector and stage 2", "virtio",
	  bios_machine },
	{ "uefi", "OVMF, then twinboot.efi", "virtio", uefi_machine,
	  .uefi = true, .missing = no_ovmf },
	{ "uefi-secure", "the same with Secure Boot and Debian's test keys",
	  "virtio", uefi_secure_machine, .uefi = true, .missing = no_ovmf },
	{ "pv", "our hypervisor, then the pvboot.elf it carries", "virtio",
	  pv_machine, .kernel = true, .pv = true },
	{ "xen", "genuine Xen, then pvboot.elf", "virtio", vmxen_machine,
	  .kernel = true, .pv = true, .missing = vmxen_missing },
	{ "direct", "the control: QEMU starts the kernel, no loader", "virtio",
	  vmdirect_machine, .kernel = true },
};

static const struct vm_disk disks[] = {
	{ "virtio", { "-device", "virtio-blk-pci,drive=hd0,bootindex=0" },
	  true },
	{ "ide", { "-device", "ide-hd,drive=hd0,bus=ide.0,bootindex=0" },
	  false },
	{ "ahci", { "-device", "ich9-ahci,id=ahci", "-device",
		    "ide-hd,drive=hd0,bus=ahci.0,bootindex=0" }, false },
	{ "nvme", { "-device", "nvme,drive=hd0,serial=twinboot,bootindex=0" },
	  true },
	{ "scsi", { "-device", "virtio-scsi-pci", "-device",
		    "scsi-hd,drive=hd0,bootindex=0" }, true },
	{ "pvscsi", { "-device", "pvscsi", "-device",
		      "scsi-hd,drive=hd0,bootindex=0" }, true },
};

const struct vm_path *vmpath_nth(unsigned i)
{
	return i < sizeof(paths) / sizeof(paths[0]) ? &paths[i] : NULL;
}

const struct vm_path *vmpath_find(const char *name)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!strcmp(paths[i].name, name))
			return &paths[i];
	return NULL;
}

const struct vm_disk *vmpath_disk(const char *name)
{
	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++)
		if (!strcmp(disks[i].name, name))
			return &disks[i];
	return NULL;
}

/* As Xen's docs/misc/vbd-interface has them, and our hypervisor takes them. */
bool vmpath_is_vdev(const char *name)
{
	static const struct {
		const char *prefix;
		char last;	/* disk */
		unsigned parts;
	} kind[] = { { "xvd", 'z', 255 }, { "sd", 'p', 15 }, { "hd", 'b', 63 } };
	const char *s = name;
	unsigned i = 0, part = 0;

	while (i < 3 && strncmp(name, kind[i].prefix, strlen(kind[i].prefix)))
		i++;
	if (i == 3)
		return false;
	s += strlen(kind[i].prefix);
	if (*s < 'a' || *s > kind[i].last || *++s == '0')
		return false;
	for (; *s >= '0' && *s <= '9' && part <= kind[i].parts; s++)
		part = part * 10 + (unsigned)(*s - '0');
	return !*s && part <= kind[i].parts;
}

void vmpath_add(struct vm_args *a, const char *arg)
{
	if (a->n == VM_ARGS)
		abort();
	a->arg[a->n++] = arg;
}

void vmpath_firmware(struct vm_args *a, const char *file)
{
	if (a->n_firmware == sizeof(a->firmware) / sizeof(a->firmware[0]))
		abort();
	a->firmware[a->n_firmware++] = file;
}

void vmpath_addf(struct vm_args *a, const char *format, ...)
{
	va_list ap;
	char *s;

	va_start(ap, format);
	if (vasprintf(&s, format, ap) < 0)
		abort();
	va_end(ap);
	vmpath_add(a, s);
}

void vmpath_machine(struct vm_args *a, const struct vm_config *c,
		    const char *usual)
{
	vmpath_add(a, "-machine");
	vmpath_add(a, c->machine ? c->machine : usual);
}

int vmpath_look(struct vm_config *c)
{
	int fd = open(c->image, O_RDONLY | O_CLOEXEC);
	char boot[512];
	bool ok;

	if (fd < 0)
		return report_errno("%s", c->image);
	ok = pread(fd, boot, sizeof(boot), 0) == sizeof(boot);
	c->sector = hostdisk_sector(fd);
	close(fd);
	return ok ? 0 : report_error("%s: not a disk image", c->image);
}

/* QEMU's options end at a comma; one that is meant is written twice. */
static char *double_commas(const char *s)
{
	char *out = malloc(2 * strlen(s) + 1), *o = out;

	if (!out)
		abort();
	for (; *s; s++) {
		*o++ = *s;
		if (*s == ',')
			*o++ = ',';
	}
	*o = 0;
	return out;
}

static const char *image_format(const char *image)
{
	int fd = open(image, O_RDONLY | O_CLOEXEC);
	char magic[4] = { 0 };

	pread(fd, magic, sizeof(magic), 0);
	close(fd);
	return memcmp(magic, "QFI\xfb", 4) ? "raw" : "qcow2";
}

static int add_disk(struct vm_args *a, const struct vm_config *c)
{
	const struct vm_disk *d = c->disk ? c->disk : vmpath_disk(c->path->disk);
	char *file = double_commas(c->image);

	if (c->sector != 512 && !d->takes_4k)
		return report_error("%s has sectors of %u bytes: not for a "
				    "disk of type %s", c->image, c->sector,
				    d->name);
	vmpath_add(a, "-drive");
	vmpath_addf(a, "if=none,id=hd0,file=%s,format=%s,snapshot=%s,"
		    "cache=unsafe", file, image_format(c->image),
		    c->write ? "off" : "on");
	free(file);
	for (unsigned i = 0; d->args[i]; i++) {
		/* the firmware's first choice is then the kernel */
		const char *order = c->path->kernel ?
			strstr(d->args[i], ",bootindex") : NULL;
		int len = order ? (int)(order - d->args[i])
				      : (int)strlen(d->args[i]);

		if (d->args[i + 1] || c->sector == 512)
			vmpath_addf(a, "%.*s", len, d->args[i]);
		else
			vmpath_addf(a, "%.*s,logical_block_size=%u,"
				    "physical_block_size=%u", len, d->args[i],
				    c->sector, c->sector);
	}
	return 0;
}

void vmpath_close(struct vm_args *a)
{
	while (a->n_fds)
		close(a->fd[--a->n_fds]);
}

/* SeaBIOS, which starts all that no other firmware does. */
static const char *seabios(void)
{
	static const char *const files[] = {
		"/usr/share/seabios/bios-256k.bin",
		"/usr/share/qemu/bios-256k.bin",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (!access(files[i], R_OK))
			return files[i];
	return NULL;
}

int vmpath_command(struct vm_args *a, const struct vm_config *c)
{
	*a = (struct vm_args){ 0 };
	vmpath_add(a, "qemu-system-x86_64");
	vmpath_add(a, "-accel");
	vmpath_add(a, "tcg");
	vmpath_add(a, "-cpu");
	vmpath_add(a, c->cpu ? c->cpu : "qemu64");
	vmpath_add(a, "-m");
	vmpath_addf(a, "%u", c->mem_mb ? c->mem_mb : VM_MEMORY_MB);
	vmpath_add(a, "-smp");
	vmpath_addf(a, "%u", c->smp ? c->smp : 1);
	vmpath_add(a, "-nodefaults");
	vmpath_add(a, "-no-reboot");
	vmpath_add(a, "-display");
	vmpath_add(a, "none");
	vmpath_add(a, "-vga");
	vmpath_add(a, "std");
	if (c->icount) {
		vmpath_add(a, "-icount");
		vmpath_add(a, "shift=0,sleep=off");
	}
	if (!c->path->uefi && seabios())
		vmpath_firmware(a, seabios());
	if (c->path->machine(a, c) || add_disk(a, c)) {
		vmpath_close(a);
		return -1;
	}
	return 0;
}
