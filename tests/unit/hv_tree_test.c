/* What twinboot.efi writes for hv.efi, read as the hypervisor reads it. */
#include "tests/unit/unit.h"

#include "loader/base/err.h"
#include "loader/kernel/hv/hv_tree.h"
#include "pvboot/hv/config_fdt.h"

static uint8_t tree[HV_TREE_MAX];
static struct hv_config c;

/* Modules: the tree, then what it reserves, in that order. */
static int module_at(void *arg, uint64_t start)
{
	return start == 0x123456000 ? 1 : start == 0x7f000000 ? 2 : -1;
}

static int read_back(const struct hv_tree *t)
{
	int err;

	memset(tree, 0xa5, sizeof(tree));
	err_clear();
	config_default(&c);
	err = hv_tree_write(t, tree);
	return err ? err : config_fdt(&c, tree, sizeof(tree), module_at, NULL);
}

static uint64_t be64(size_t at)
{
	uint64_t v = 0;

	for (size_t i = 0; i < 8; i++)
		v = v << 8 | tree[at + i];
	return v;
}

static void test_whole(void **state)
{
	const struct hv_tree t = { .hv_args = "vbd=xvda1:hd0 vif=none",
		.args = "root=/dev/xvda1  x=\"y\"", .kernel = 0x123456000,
		.kernel_size = 4711, .initrd = 0x7f000000,
		.initrd_size = 3 };
	size_t at;

	assert_int_equal(read_back(&t), 0);
	assert_int_equal(c.kernel, 1);
	assert_int_equal(c.ramdisk, 2);
	assert_true(c.has_args && c.no_vifs);
	assert_string_equal(c.args, t.args);
	assert_int_equal(c.n_vbds, 1);
	assert_string_equal(c.vbd[0].name, "xvda1");
	at = (size_t)tree[18] << 8 | tree[19];
	assert_int_equal(be64(at), t.kernel);
	assert_int_equal(be64(at + 8), t.kernel_size);
	assert_int_equal(be64(at + 16), t.initrd);
	assert_int_equal(be64(at + 24), t.initrd_size);
	assert_int_equal(be64(at + 32) | be64(at + 40), 0);
}

static void test_bare(void **state)
{
	const struct hv_tree t = { .hv_args = "", .args = "",
		.kernel = 0x7f000000, .kernel_size = 1 };

	assert_int_equal(read_back(&t), 0);
	assert_int_equal(c.kernel, 2);
	assert_int_equal(c.ramdisk, -1);
	assert_int_equal(c.n_vbds, 0);
	assert_string_equal(c.args, "");
}

static void test_limits(void **state)
{
	char args[HV_TREE_ARGS + 1];
	struct hv_tree t = { .hv_args = "", .args = args,
		.kernel = 0x7f000000, .kernel_size = 1 };

	memset(args, 'x', sizeof(args));
	args[HV_TREE_ARGS] = 0;
	assert_int_equal(read_back(&t), ERR_ARGUMENT);
	assert_non_null(strstr(err_text(), "1023 bytes at most"));
	args[HV_TREE_ARGS - 1] = 0;
	assert_int_equal(read_back(&t), 0);
	assert_string_equal(c.args, args);
	t.hv_args = "vbd=xvda1:hd0 mem=nonsense";
	assert_int_equal(read_back(&t), ERR_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_bare),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
