/* The hypervisor's configuration: command line and device tree. */
#include "tests/unit/unit.h"

#include <libfdt.h>

#include "loader/base/err.h"
#include "pvboot/hv/config_fdt.h"
#include "pvboot/hv/machine/console/tty.h"

static struct hv_config c;
static char blob[4096];

static int line(const char *text)
{
	err_clear();
	config_default(&c);
	return config_cmdline(&c, text);
}

static void test_cmdline(void **state)
{
	assert_int_equal(line(""), 0);
	assert_int_equal(c.memory, 0);
	assert_int_equal(c.vcpus, 0);
	assert_int_equal(c.kernel, -1);
	assert_int_equal(line("/boot/hv.elf mem=256M vbd=xvda1:hd0,1 "
			      "vbd=xvdb:mod2 vbd=xvdc:hd1,ro\tconsole=com2"),
			 0);
	assert_int_equal(c.memory, 256 << 20);
	assert_int_equal(c.console, TTY_COM2);
	assert_int_equal(c.n_vbds, 3);
	assert_string_equal(c.vbd[0].name, "xvda1");
	assert_false(c.vbd[0].module);
	assert_int_equal(c.vbd[0].unit, 0);
	assert_int_equal(c.vbd[0].part, 1);
	assert_false(c.vbd[0].read_only);
	assert_true(c.vbd[1].module);
	assert_int_equal(c.vbd[1].unit, 2);
	assert_int_equal(c.vbd[1].part, -1);
	assert_true(c.vbd[1].read_only);
	assert_int_equal(c.vbd[2].unit, 1);
	assert_int_equal(c.vbd[2].part, -1);
	assert_true(c.vbd[2].read_only);
	assert_int_equal(line("console=vga,com2"), 0);
	assert_int_equal(c.console, TTY_COM2 | TTY_VGA);
	assert_int_equal(line("console=vga"), 0);
	assert_int_equal(c.console, TTY_VGA);
	assert_int_equal(line("mem=1g vcpus=1"), 0);
	assert_int_equal(c.console, 0);
	assert_int_equal(c.memory, 1 << 30);
	assert_int_equal(line("vbd=xvda:hd0,0,ro"), 0);
	assert_int_equal(c.vbd[0].part, 0);
	assert_true(c.vbd[0].read_only);
}

static void test_mmio(void **state)
{
	assert_int_equal(line("virtio_mmio.device=512@0xfeb00e00:12 vif=none "
			      "virtio_mmio.device=4096@0x1000:5"), 0);
	assert_int_equal(c.n_mmios, 2);
	assert_int_equal(c.mmio[0].base, 0xfeb00e00);
	assert_int_equal(c.mmio[0].line, 12);
	assert_int_equal(c.mmio[1].base, 0x1000);
}

static void test_vifs(void **state)
{
	assert_int_equal(line("vif=net3,mac=02:00:5e:aA:0F:ff vif=net0"), 0);
	assert_int_equal(c.n_vifs, 2);
	assert_int_equal(c.vif[0].unit, 3);
	assert_true(c.vif[0].has_mac);
	assert_memory_equal(c.vif[0].mac, "\2\0\x5e\xaa\xf\xff", 6);
	assert_int_equal(c.vif[1].unit, 0);
	assert_false(c.vif[1].has_mac || c.no_vifs);
	assert_int_equal(line("vif=none"), 0);
	assert_true(c.no_vifs);
	assert_int_equal(c.n_vifs, 0);
}

static void test_cmdline_errors(void **state)
{
	static const char *const wrong[] = {
		"x mem=", "mem=0M", "mem=256", "mem=256Mx", "mem=-1M",
		"mem=99999999999999999999M", "mem=18014398509481984K",
		"vcpus=0", "vcpus=17", "vcpus=2x", "vcpus=",
		"console=com3", "console=",
		"console=com1,com2", "console=vga,", "console=,vga",
		"console=vgax", "console=com1,vga,com2",
		"vbd=xvda", "vbd=xvda:", "vbd=xvda:cd0", "vbd=xvda:hd",
		"vbd=xvda:hd0,", "vbd=xvda:hd0,x", "vbd=xvda:hd0,1,rw",
		"vbd=xvda:hd999", "vbd=zzz:hd0", "vbd=:hd0",
		"vbd=xvdaaaaaaaaaaaaaaaaaaa1:hd0", "vbd=xvda:hd0 vbd=xvda:hd1",
		"virtio_mmio.device=", "virtio_mmio.device=512@0xfeb00e00",
		"virtio_mmio.device=512@feb00e00:1",
		"virtio_mmio.device=512@0x0:1", "virtio_mmio.device=8@0x1000:1",
		"virtio_mmio.device=512@0x1001:1",
		"virtio_mmio.device=512@0x1000:256",
		"virtio_mmio.device=512@0x1000:5:0",
		"virtio_mmio.device=512@0x800000000000:5",
		"hv memory=3", "hv verbose",
		"vif=", "vif=net", "vif=eth0", "vif=net999", "vif=net0,",
		"vif=net0,mac=", "vif=net0,mac=02:00:5e:00:00",
		"vif=net0,mac=02:00:5e:00:00:0",
		"vif=net0,mac=02-00-5e-00-00-01",
		"vif=net0,mac=02:00:5e:00:00:0g",
		"vif=net0,mac=01:00:5e:00:00:01",
		"vif=net0,mac=02:00:5e:00:00:01,ro", "vif=net0 vif=net0",
		"vif=none vif=net0", "vif=net0 vif=none", "vif=none,mac=0",
	};
	char many[1024] = "";

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(line(wrong[i]), ERR_ARGUMENT);
		assert_non_null(strstr(err_text(), "Error 30"));
	}
	for (int i = 0; i <= CONFIG_VBDS; i++) {
		char one[32] = "vbd=xvdaX:hd0 ";

		one[8] = (char)('1' + i);
		if (i > 8) {
			one[7] = 'b';
			one[8] = (char)('1' + i - 9);
		}
		strcat(many, one);
	}
	assert_int_equal(line(many), ERR_ARGUMENT);
	assert_non_null(strstr(err_text(), "too many"));
}

static void begin(void)
{
	assert_int_equal(fdt_create(blob, sizeof(blob)), 0);
	fdt_finish_reservemap(blob);
	fdt_begin_node(blob, "");
	fdt_begin_node(blob, "chosen");
}

static void begin_domain(void)
{
	begin();
	fdt_begin_node(blob, "domU1");
	fdt_property_string(blob, "compatible", "xen,domain");
	fdt_property_u32(blob, "#address-cells", 2);
	fdt_property_u32(blob, "#size-cells", 2);
}

static int end(int nodes)
{
	while (nodes--)
		assert_int_equal(fdt_end_node(blob), 0);
	assert_int_equal(fdt_finish(blob), 0);
	err_clear();
	config_default(&c);
	return config_fdt(&c, blob, sizeof(blob), NULL, NULL);
}

static int module_at(void *arg, uint64_t start)
{
	return start == 0x4a000000 ? 3 : -1;
}

static void test_tree(void **state)
{
	static const char kernel[] = "multiboot,kernel\0multiboot,module";
	static const char ramdisk[] = "multiboot,ramdisk\0multiboot,module";
	const uint64_t reg[2] = { cpu_to_fdt64(0x4a000000), cpu_to_fdt64(16) };

	begin_domain();
	fdt_property_u64(blob, "memory", 0x20000);
	fdt_property_u32(blob, "cpus", 1);
	fdt_begin_node(blob, "module@4a000000");
	fdt_property(blob, "compatible", kernel, sizeof(kernel));
	fdt_property(blob, "reg", reg, sizeof(reg));
	fdt_property_string(blob, "bootargs", "console=hvc0");
	fdt_end_node(blob);
	fdt_begin_node(blob, "module@1");
	fdt_property(blob, "compatible", ramdisk, sizeof(ramdisk));
	fdt_property_u32(blob, "module-index", 1);
	fdt_end_node(blob);
	fdt_begin_node(blob, "disk@0");
	fdt_property_string(blob, "compatible", "twinboot,disk");
	fdt_property_string(blob, "device", "xvda1");
	fdt_property_string(blob, "source", "hd0,1");
	fdt_property(blob, "read-only", NULL, 0);
	fdt_end_node(blob);
	fdt_begin_node(blob, "disk@1");
	fdt_property_string(blob, "compatible", "twinboot,disk");
	fdt_property_string(blob, "device", "xvdb");
	fdt_property_u32(blob, "module-index", 2);
	fdt_end_node(blob);
	fdt_begin_node(blob, "network@0");
	fdt_property_string(blob, "compatible", "twinboot,network");
	fdt_property_string(blob, "source", "net1");
	fdt_property(blob, "mac-address", "\2\0\0\xaa\xbb\xcc", 6);
	fdt_end_node(blob);
	fdt_begin_node(blob, "network@1");
	fdt_property_string(blob, "compatible", "twinboot,network");
	fdt_property_string(blob, "source", "net0");
	fdt_end_node(blob);
	for (int i = 0; i < 3; i++)
		fdt_end_node(blob);
	fdt_finish(blob);
	config_default(&c);
	assert_int_equal(config_fdt(&c, blob, sizeof(blob), module_at, NULL),
			 0);
	assert_int_equal(c.memory, 128 << 20);
	assert_int_equal(c.vcpus, 1);
	assert_int_equal(c.n_vifs, 2);
	assert_int_equal(c.vif[0].unit, 1);
	assert_memory_equal(c.vif[0].mac, "\2\0\0\xaa\xbb\xcc", 6);
	assert_false(c.vif[1].has_mac);
	assert_int_equal(c.kernel, 3);
	assert_int_equal(c.ramdisk, 1);
	assert_true(c.has_args);
	assert_string_equal(c.args, "console=hvc0");
	assert_int_equal(c.n_vbds, 2);
	assert_int_equal(c.vbd[0].part, 1);
	assert_true(c.vbd[0].read_only);
	assert_true(c.vbd[1].module);
	assert_int_equal(c.vbd[1].unit, 2);
}

static void test_tree_errors(void **state)
{
	config_default(&c);
	assert_int_equal(config_fdt(&c, "\x7f" "ELF", 4, NULL, NULL),
			 ERR_NOTMINE);
	begin();
	assert_int_equal(end(2), ERR_ARGUMENT);
	begin_domain();
	fdt_property_u32(blob, "cpus", 17);
	assert_int_equal(end(3), ERR_ARGUMENT);
	begin_domain();
	fdt_property_u64(blob, "memory", UINT64_MAX);
	assert_int_equal(end(3), ERR_ARGUMENT);
	begin_domain();
	fdt_property(blob, "bootargs", "abc", 3);
	assert_int_equal(end(3), ERR_ARGUMENT);
	begin_domain();
	fdt_begin_node(blob, "x");
	assert_int_equal(end(4), ERR_ARGUMENT);
	begin_domain();
	fdt_end_node(blob);
	fdt_begin_node(blob, "domU2");
	fdt_property_string(blob, "compatible", "xen,domain");
	assert_int_equal(end(3), ERR_ARGUMENT);
	begin_domain();
	fdt_begin_node(blob, "disk");
	fdt_property_string(blob, "compatible", "twinboot,disk");
	fdt_property_string(blob, "device", "xvda");
	fdt_property_string(blob, "source", "hd0 mem=1M");
	assert_int_equal(end(4), ERR_ARGUMENT);
	begin_domain();
	assert_int_equal(end(3), 0);
	/* Cut short. */
	assert_int_equal(config_fdt(&c, blob, fdt_totalsize(blob) - 1, NULL,
				    NULL), ERR_ARGUMENT);
	assert_int_equal(config_fdt(&c, blob, 41, NULL, NULL), ERR_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cmdline),
		cmocka_unit_test(test_mmio),
		cmocka_unit_test(test_vifs),
		cmocka_unit_test(test_cmdline_errors),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_tree_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
