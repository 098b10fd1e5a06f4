/*
 * QEMU's command line, as data: boot paths and disks are tables.  TCG is asked
 * for by name if nobody says otherwise: runs are to be the same everywhere.
 */
#include "tools/vm/path.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/err.h"
#include "loader/paths.h"
#include "tools/host/boot/hostconf.h"
#include "tools/host/disk/eltorito.h"
#include "tools/host/disk/hostdisk.h"
#include "tools/host/expected.h"
#include "tools/image/disk/boot_install.h"
#include "tools/image/recipe/recipe.h"
#include "tools/report.h"
#include "tools/vm/direct.h"
#include "tools/vm/testbed.h"
#include "tools/vm/xen.h"

static int bios_machine(struct vm_args *a, const struct vm_config *c)
{
	if (c->sector != 512)
		return report_error("%s has sectors of %u bytes: SeaBIOS does "
				    "not boot from such disks", c->image,
				    c->sector);
	path_machine(a, c, "pc");
	return 0;
}

/* OVMF takes disks of any sector size.  Its variables are not kept. */
static int add_ovmf(struct vm_args *a, const struct vm_config *c,
		    const char *machine, const char *code, const char *vars)
{
	if (access(code, R_OK) || access(vars, R_OK))
		return report_error("%s: no such file; install the package "
				    "ovmf", access(code, R_OK) ? code : vars);
	path_machine(a, c, machine);
	path_add(a, "-drive");
	path_addf(a, "if=pflash,format=raw,readonly=on,file=%s", code);
	path_add(a, "-drive");
	path_addf(a, "if=pflash,format=raw,snapshot=on,file=%s", vars);
	path_firmware(a, code);
	path_firmware(a, vars);
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
	path_add(a, "-global");
	path_add(a, "driver=cfi.pflash01,property=secure,value=on");
	return add_ovmf(a, c, "q35,smm=on",
			"/usr/share/OVMF/OVMF_CODE_4M.secboot.fd",
			"/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd");
}

static const char *no_ovmf(void)
{
	return access("/usr/share/OVMF/OVMF_CODE_4M.fd", R_OK) ?
		"ovmf is not installed" : NULL;
}

/*
 * The guest's devices: the disk's name that was asked for, else what the
 * image's settings say; of cards only where there is one.
 */
static void add_guest(struct vm_args *a, const struct vm_config *c)
{
	struct settings s;
	char words[SETTINGS_GUEST + 8] = "", *save;

	if (c->vdev) {
		snprintf(words, sizeof(words), "vbd=%s:hd0", c->vdev);
	} else {
		hostconf_read(&s, c->fd, c->sector);
		for (char *w = strtok_r(s.guest, " ", &save); w;
		     w = strtok_r(NULL, " ", &save))
			if (strncmp(w, "vif=net", 7) ||
			    extra_has_nic(&c->extra))
				strcat(strcat(words, *words ? " " : ""), w);
	}
	if (!*words)
		return;
	path_add(a, "-append");
	path_addf(a, "%s", words);
}

/* Our hypervisor by Multiboot; without modules it boots the disk's menu. */
static int pv_machine(struct vm_args *a, const struct vm_config *c)
{
	static const struct recipe none;
	const char *hv = boot_install_find(&none, "hv.elf");

	if (!hv)
		return report_error("hv.elf: not found; install the package "
				    "twinboot-boot");
	path_add(a, "-machine");
	path_add(a, "pc");
	path_add(a, "-kernel");
	path_add(a, path_word(a, hv));
	path_firmware(a, hv);
	add_guest(a, c);
	path_add(a, "-device");
	path_add(a, "isa-debug-exit,iobase=0xf4,iosize=4");
	return 0;
}

static const struct vm_path paths[] = {
	{ PATH_BIOS_NAME, "SeaBIOS, then our boot sector and stage 2", "virtio",
	  bios_machine },
	{ PATH_UEFI_NAME, "OVMF, then twinboot.efi", "virtio", uefi_machine,
	  .uefi = true, .missing = no_ovmf },
	{ "uefi-secure", "the same with Secure Boot and Debian's test keys",
	  "virtio", uefi_secure_machine, .uefi = true, .missing = no_ovmf },
	{ PATH_BIOS_NAME "+hv", "bios, where the entry becomes a PV guest",
	  "virtio", bios_machine, .hv = true },
	{ PATH_UEFI_NAME "+hv", "uefi, where the entry becomes a PV guest",
	  "virtio", uefi_machine, .uefi = true, .hv = true,
	  .missing = no_ovmf },
	{ PATH_PV_NAME, "our hypervisor, then the pvboot.elf it carries",
	  "virtio", pv_machine, .kernel = true, .pv = true },
	{ "xen", "genuine Xen, then pvboot.elf", "virtio", xen_machine,
	  .kernel = true, .pv = true, .dom0 = true,
	  .missing = testbed_missing },
	{ "direct", "the control: QEMU starts the kernel, no loader", "virtio",
	  direct_machine, .kernel = true },
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
	{ "cd", { "-device", "ide-cd,drive=hd0,bootindex=0" }, false },
};

const struct vm_path *path_nth(unsigned i)
{
	return i < sizeof(paths) / sizeof(paths[0]) ? &paths[i] : NULL;
}

const char *path_name(unsigned i)
{
	const struct vm_path *p = path_nth(i);

	return p ? p->name : NULL;
}

const char *path_disk_name(unsigned i)
{
	return i < sizeof(disks) / sizeof(disks[0]) ? disks[i].name : NULL;
}

const struct vm_path *path_find(const char *name)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!strcmp(paths[i].name, name))
			return &paths[i];
	return NULL;
}

const struct vm_disk *path_disk(const char *name)
{
	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++)
		if (!strcmp(disks[i].name, name))
			return &disks[i];
	return NULL;
}

void path_add(struct vm_args *a, const char *arg)
{
	if (a->n == VM_ARGS)
		abort();
	a->arg[a->n++] = arg;
}

void path_firmware(struct vm_args *a, const char *file)
{
	if (a->n_firmware == sizeof(a->firmware) / sizeof(a->firmware[0]))
		abort();
	a->firmware[a->n_firmware++] = file;
}

void path_addf(struct vm_args *a, const char *format, ...)
{
	va_list ap;
	char *s;

	va_start(ap, format);
	if (vasprintf(&s, format, ap) < 0)
		abort();
	va_end(ap);
	path_add(a, s);
}

void path_machine(struct vm_args *a, const struct vm_config *c,
		    const char *usual)
{
	path_add(a, "-machine");
	path_add(a, c->machine ? c->machine : usual);
}

static bool is_cd(int fd)
{
	struct hostdisk disk;
	struct eltorito cd;

	if (hostdisk_attach(&disk, "hd0", fd, 512)) {
		err_clear();
		return false;
	}
	cd = eltorito_read(&disk.blk);
	return cd.bios || cd.uefi;
}

int path_take(struct vm_config *c, const struct image *img, bool by_name)
{
	char boot[512];

	by_name |= !img->is_copy;
	c->image = img->path;
	c->fd = img->fd;
	c->file = by_name ? img->path : img->name;
	c->format = by_name ? img->format : "raw";
	c->is_device = by_name && img->is_device;
	if (by_name && !strcmp(img->path, "-"))
		return report_error("-: QEMU needs a file for this, not "
				    "standard input");
	if (by_name && img->packed)
		return report_error("%s: it is compressed with %s, and QEMU "
				    "needs the file as it is for this",
				    img->path, img->packed);
	c->sector = hostdisk_sector(img->fd);
	if (!c->disk && is_cd(img->fd))
		c->disk = path_disk("cd");
	return pread(img->fd, boot, sizeof(boot), 0) == sizeof(boot) ? 0 :
	       report_error("%s: not a disk image", img->path);
}

const char *path_word(struct vm_args *a, const char *name)
{
	int fd = strpbrk(name, " \t\n") ? open(name, O_RDONLY) : -1;
	char *word;

	if (fd < 0)
		return name;
	if (a->n_fds == sizeof(a->fd) / sizeof(a->fd[0]) ||
	    asprintf(&word, "/proc/self/fd/%d", fd) < 0)
		abort();
	a->fd[a->n_fds++] = fd;
	return word;
}

/* One that is meant is written twice. */
char *path_value(const char *s)
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

static int add_disk(struct vm_args *a, const struct vm_config *c)
{
	const struct vm_disk *d = c->disk ? c->disk : path_disk(c->path->disk);
	char *name = image_file_name(c->file), *file = path_value(name);

	free(name);
	if (c->sector != 512 && !d->takes_4k)
		return report_error("%s has sectors of %u bytes: not for a "
				    "disk of type %s", c->image, c->sector,
				    d->name);
	path_add(a, "-drive");
	/* Nothing of the name is read as a protocol, nothing guessed. */
	path_addf(a, "if=none,id=hd0,format=%s,snapshot=%s,cache=unsafe,"
		    "file.driver=%s,file.filename=%s",
		    c->format ? c->format : "raw", c->write ? "off" : "on",
		    c->is_device ? "host_device" : "file", file);
	free(file);
	for (unsigned i = 0; d->args[i]; i++) {
		/* the firmware's first choice is then the kernel */
		const char *order = c->path->kernel ?
			strstr(d->args[i], ",bootindex") : NULL;
		int len = order ? (int)(order - d->args[i])
				      : (int)strlen(d->args[i]);

		if (d->args[i + 1] || c->sector == 512)
			path_addf(a, "%.*s", len, d->args[i]);
		else
			path_addf(a, "%.*s,logical_block_size=%u,"
				    "physical_block_size=%u", len, d->args[i],
				    c->sector, c->sector);
	}
	return 0;
}

void path_close(struct vm_args *a)
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

int path_command(struct vm_args *a, const struct vm_config *c)
{
	*a = (struct vm_args){ 0 };
	path_add(a, "qemu-system-x86_64");
	path_add(a, "-accel");
	path_add(a, c->extra.accel ? c->extra.accel : "tcg");
	path_add(a, "-cpu");
	path_add(a, c->cpu ? c->cpu : "qemu64");
	path_add(a, "-m");
	path_addf(a, "%u", c->mem_mb ? c->mem_mb : EXPECTED_MEM_MB);
	path_add(a, "-smp");
	path_addf(a, "%u", c->extra.smp ? c->extra.smp : 1);
	path_add(a, "-nodefaults");
	if (!c->reboots)
		path_add(a, "-no-reboot");
	path_add(a, "-display");
	path_add(a, "none");
	path_add(a, "-vga");
	path_add(a, "std");
	if (c->icount) {
		path_add(a, "-icount");
		path_add(a, "shift=0,sleep=off");
	}
	if (!c->path->uefi && seabios())
		path_firmware(a, seabios());
	if (c->path->machine(a, c) || add_disk(a, c)) {
		path_close(a);
		return -1;
	}
	extra_add(a, &c->extra);
	for (unsigned i = 0; i < c->n_more; i++)
		path_add(a, c->more[i]);
	return 0;
}
