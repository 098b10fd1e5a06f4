/* Which machines an entry's kernel drives, by what made-up initrds have. */
#include "tests/unit/unit.h"

#include <archive.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/put_file.h"
#include "tools/host/drivers/modules.h"
#include "tools/host/drivers/verdict.h"

static char initrd[1 << 16];
static struct verdict_entry e;

/* An initrd with MODULES, blanks between, and a list of what is BUILTIN. */
static void make(const char *modules, const char *builtin)
{
	struct archive *a = archive_write_new();
	char words[256], path[80], why[128];
	struct modules m;
	size_t used = 0;

	archive_write_set_format_cpio_newc(a);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open_memory(a, initrd, sizeof(initrd),
						   &used), ARCHIVE_OK);
	snprintf(words, sizeof(words), "%s", modules);
	for (char *w = strtok(words, " "); w; w = strtok(NULL, " ")) {
		snprintf(path, sizeof(path), "lib/modules/6.1/%s.ko", w);
		put_file(a, path, "x");
	}
	if (builtin)
		put_file(a, "lib/modules/6.1/modules.builtin", builtin);
	archive_write_close(a);
	archive_write_free(a);
	free(e.drivers);
	e = (struct verdict_entry){ .native = true, .pv = true, .initrd = true,
				    .table = true };
	modules_open(&m);
	modules_in_initrd(&m, initrd, used, why);
	e.drivers = modules_found(&m, &e.builtins);
}

#define SOME "kernel/fs/ext4/ext4.ko\n"

static struct verdict on(const char *profile, const char *root)
{
	struct verdict v;

	snprintf(e.root, sizeof(e.root), "%s", root);
	verdict_judge(&v, &e, profile_find(profile));
	return v;
}

static void says(const char *profile, const char *root, const char *text)
{
	assert_string_equal(on(profile, root).text, text);
}

#define PV "as a PV guest (pv=always)"

static void test_drivers(void **state)
{
	make("nvme xen-blkfront", SOME);
	says("nitro", "UUID=1", "native");
	says("metal", "UUID=1", PV);
	says("vmware", "UUID=1", "neither: no vmw_pvscsi; as a PV guest: "
	     "hv.elf does not drive pvscsi");
	says("xen-pv", "UUID=1", "native");
	make("virtio_blk", SOME);	/* on no bus */
	says("virtio", "UUID=1", "neither: no virtio_pci; as a PV guest: no "
	     "xen-blkfront");
	make("virtio_scsi", SOME "kernel/virtio_pci.ko\n");
	says("proxmox", "UUID=1", "neither: no sd_mod; as a PV guest: no "
	     "xen-blkfront");
	make("", SOME "kernel/ata_piix.ko\nkernel/sd_mod.ko\n");
	says("emulated", "UUID=1", "native");
	assert_int_equal(on("nitro", "UUID=1").has, DRIVEN_NO);
	says("xen-pv", "UUID=1", "neither: no xen-blkfront");
}

/* Without a list of what is built in, what is not seen may be there. */
static void test_unknown(void **state)
{
	make("nvme", NULL);
	says("nitro", "UUID=1", "native");
	assert_int_equal(on("metal", "UUID=1").advice, ADVICE_UNKNOWN);
	assert_int_equal(on("metal", "UUID=1").has, DRIVEN_UNKNOWN);
	assert_int_equal(on("xen-pv", "UUID=1").advice, ADVICE_UNKNOWN);
	/* A wrong name is wrong with any driver. */
	assert_int_equal(on("metal", "/dev/vda1").advice, ADVICE_NEITHER);
	make("xen-blkfront", NULL);
	says("metal", "UUID=1", PV);
	e.pv = false;
	says("xen-pv", "UUID=1", "neither: no PV kernel");
}

static void test_root(void **state)
{
	make("nvme ahci sd_mod xen-blkfront", SOME);
	says("nitro", "/dev/nvme0n1p1", "native");
	says("nitro", "/dev/xvda1", PV);
	says("metal", "/dev/sda1", "native");
	says("metal", "/dev/mapper/a-b", "native");
	says("metal", "", "native");
	says("nitro", "/dev/sda1", "as a PV guest (pv=always, vbd=sda:hd0)");
	says("nitro", "/dev/vda1", "neither: root=/dev/vda1, but the disk is "
	     "nvme0n1; as a PV guest: root=/dev/vda1, but the disk is xvda");
	assert_false(on("nitro", "/dev/nvme0n11").root_named);
	assert_false(on("nitro", "/dev/nvme0n1p").root_named);
	assert_false(on("nitro", "/dev/nvme1n1p1").root_named);
	assert_false(on("metal", "/dev/sda").root_named);
	assert_false(on("metal", "/dev/sda1x").root_named);
	assert_false(on("metal", "/dev/sdaa1").root_named);
	assert_true(on("metal", "/dev/sda15").root_named);
	e.initrd = false;
	says("nitro", "PARTUUID=1", "native");
	says("nitro", "LABEL=a", "neither: root=LABEL=a without an initrd; as "
	     "a PV guest: root=LABEL=a without an initrd");
}

/* A file system without a table, and names by the settings. */
static void test_bare(void **state)
{
	make("nvme xen_blkfront", SOME);
	e.table = false;
	says("nitro", "/dev/nvme0n1", "native");
	says("nitro", "/dev/xvda", PV);
	says("nitro", "/dev/xvda1",
	     "as a PV guest (pv=always, vbd=xvda1:hd0)");
	says("xen-pv-part", "/dev/xvda1", "native");
	says("xen-pv", "/dev/xvda1", "neither: root=/dev/xvda1, but the disk "
	     "is xvda");
	strcpy(e.vdev, "sda1");
	says("nitro", "/dev/sda1", PV);
	assert_int_equal(on("nitro", "/dev/xvda1").advice, ADVICE_NEITHER);
	e.table = true;
	strcpy(e.vdev, "xvde");
	says("nitro", "/dev/xvde1", PV);
	says("nitro", "/dev/xvde", PV);	/* vbd=xvde:hd0,0 */
	says("xen-pv-part", "UUID=1", "neither: the image has a partition "
	     "table: it is no xvda1");
}

static void test_kernels(void **state)
{
	make("nvme xen_blkfront", SOME);
	e.pv = false;
	says("nitro", "UUID=1", "native");
	says("metal", "UUID=1", "neither: no ahci; as a PV guest: no PV "
	     "kernel");
	e.pv = true;
	e.native = false;
	says("nitro", "UUID=1", PV);
	says("vmware", "UUID=1", "neither: the kernel is for Xen only; as a PV "
	     "guest: hv.elf does not drive pvscsi");
}

/* A network card's driver may come late; a missing one is only told. */
static void test_card(void **state)
{
	make("virtio_scsi sd_mod virtio_pci ahci xen-blkfront", SOME);
	/* Nothing is known of the root. */
	says("proxmox", "UUID=1", "native");
	assert_int_equal(on("proxmox", "UUID=1").has_nic, DRIVEN_UNKNOWN);
	e.late_builtins = true;
	says("proxmox", "UUID=1", "native, without a network: no virtio_net");
	says("vmware-ahci", "UUID=1", "native, without a network: no e1000e");
	says("vmware-nvme", "UUID=1", PV ", without a network: no "
	     "xen-netfront");
	says("metal", "UUID=1", "native");	/* it names no card */
	assert_null(on("metal", "UUID=1").nic);
	assert_int_equal(on("proxmox", "UUID=1").advice, ADVICE_NATIVE);
	says("proxmox", "/dev/vda1", "neither: root=/dev/vda1, but the disk "
	     "is sda; as a PV guest: root=/dev/vda1, but the disk is xvda");
	e.late = "\nxen_netfront\nvirtio_net\ne1000\n";
	says("proxmox", "UUID=1", "native");
	assert_int_equal(on("proxmox", "UUID=1").has_nic, DRIVEN_YES);
	says("vmware-nvme", "UUID=1", PV);
	assert_string_equal(on("vmware-nvme", "UUID=1").nic_driver,
			    "xen-netfront");
	says("vmware-ahci", "UUID=1", "native, without a network: no e1000e");
	e.late = NULL;
	make("nvme e1000e", SOME);
	e.late_builtins = true;
	says("vmware-nvme", "UUID=1", "native");
}

/* Each profile of the table has a disk that is known here; long names fit. */
static void test_all(void **state)
{
	const struct profile *p;
	struct verdict v;

	make("", SOME);
	memset(e.root, 'x', sizeof(e.root) - 1);
	memcpy(e.root, "/dev/vd", 7);
	for (unsigned i = 0; (p = profile_nth(i)); i++) {
		verdict_judge(&v, &e, p);
		assert_non_null(v.disk);
		assert_non_null(v.driver);
		assert_int_equal(v.advice, ADVICE_NEITHER);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drivers),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_kernels),
		cmocka_unit_test(test_card),
		cmocka_unit_test(test_all),
	};
	int err = cmocka_run_group_tests(tests, NULL, NULL);

	free(e.drivers);
	return err;
}
