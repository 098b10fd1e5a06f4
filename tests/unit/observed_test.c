/* Facts against promises, declared differences, root devices. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/matrix/observed.h"
#include "tools/host/disk/rootdev.h"

static const char boot[] =
	"{\"seconds\": 10, \"records\": ["
	"{\"TWINBOOT\": {\"entry\": \"one\", \"files\": [{\"path\": \"/k\"}],"
	" \"tsc_own\": 1000, \"tsc_firmware\": 2000}, \"ms\": 4000},"
	"{\"USERSPACE\": {\"kernel\": \"6.1\", \"cmdline\": \"a b\", \"root\":"
	" \"/dev/xvda1\", \"fs\": \"ext4\", \"want\": \"LABEL=x\","
	" \"memory_kib\": 500000, \"disks\": 1, \"cpus\": 2, \"cards\":"
	" [\"52:54:00:00:00:01\"], \"initrd\": {\"sha256\": \"77\"}},"
	" \"ms\": 9000}]}";

static struct observed_machine machine = {
	.mem_mb = 512, .cpus = 2, .card = "52:54:00:00:00:01",
};

static struct expected promise(void)
{
	return (struct expected){
		.cmdline = (char *)"a b", .release = (char *)"6.1",
		.initrd_sha256 = (char *)"77", .root_part = 1,
	};
}

/* "name=verdict ..." of RESULT. */
static const char *verdicts(const char *result, const struct expected *p,
			    struct differences *d)
{
	static char text[512];
	json_t *j = json_loads(result, 0, NULL), *fact;
	json_t *facts =
		observed_compare(j, p, &machine, d, "pv/virtio/default");
	size_t i;

	text[0] = 0;
	json_array_foreach(facts, i, fact)
		sprintf(text + strlen(text), "%s=%s ", json_string_value(
			json_object_get(fact, "name")), json_string_value(
			json_object_get(fact, "verdict")));
	json_decref(facts);
	json_decref(j);
	return text;
}

static void test_same(void **state)
{
	struct expected p = promise();

	assert_string_equal(verdicts(boot, &p, NULL),
		"entry=seen kernel file=seen kernel release=same "
		"command line=same initrd SHA-256=same root device=same "
		"memory (KiB)=same disks=same CPUs=same network cards=same ");
}

static void test_differs(void **state)
{
	struct expected p = promise();
	json_t *j = json_loads(boot, 0, NULL), *facts;

	p.cmdline = (char *)"a c";
	p.root_part = ROOTDEV_WHOLE;
	assert_string_equal(verdicts(boot, &p, NULL),
		"entry=seen kernel file=seen kernel release=same "
		"command line=differs initrd SHA-256=same "
		"root device=differs memory (KiB)=same disks=same "
		"CPUs=same network cards=same ");
	facts = observed_compare(j, &p, &machine, NULL, "x");
	assert_string_equal(json_string_value(json_object_get(
		observed_difference(facts), "name")), "command line");
	json_decref(facts);
	json_decref(j);
}

/* What is said of processors and cards in USERSPACE, as verdicts(). */
static const char *seen(const char *members)
{
	struct expected p = promise();
	char text[256];

	sprintf(text, "{\"records\": [{\"USERSPACE\": {%s}}]}", members);
	return verdicts(text, &p, NULL);
}

static void test_machine(void **state)
{
	struct expected p = promise();
	json_t *j, *facts;
	char why[128];

	assert_string_equal(seen("\"cpus\": 1, \"cards\": []"),
			    "CPUs=differs network cards=differs ");
	assert_string_equal(seen("\"cards\": [\"52:54:00:00:00:01\", 5]"),
			    "network cards=differs ");
	assert_string_equal(seen("\"cpus\": \"2\", \"cards\": null"), "");
	machine.card = "none";
	assert_string_equal(seen("\"cards\": []"), "network cards=same ");
	machine.card = "52:54:00:00:00:01";
	j = json_loads("{\"records\": [{\"USERSPACE\": {\"cards\": []}}]}", 0,
		       NULL);
	facts = observed_compare(j, &p, &machine, NULL, "x");
	observed_why(observed_difference(facts), why, sizeof(why));
	assert_string_equal(why, "network cards: \"none\", not "
			    "\"52:54:00:00:00:01\"");
	json_decref(facts);
	json_decref(j);
}

/* A bare file system that a PV guest sees as a partition. */
static void test_vdev(void **state)
{
	struct expected p = promise();

	p.root_part = ROOTDEV_WHOLE;
	machine.vdev = "xvda1";
	assert_null(strstr(verdicts(boot, &p, NULL), "differs"));
	machine.vdev = "xvda";
	assert_non_null(strstr(verdicts(boot, &p, NULL), "device=differs"));
	machine.vdev = NULL;
}

static void test_limits(void **state)
{
	struct expected p = promise();

	assert_string_equal(verdicts("{\"records\": [{\"PROBE\": {\"memory\":"
				     " 536870913}}]}", &p, NULL),
			    "memory (KiB)=same ");
	assert_string_equal(verdicts("{\"records\": [{\"PROBE\": {\"memory\":"
				     " 536871936}}]}", &p, NULL),
			    "memory (KiB)=differs ");
	assert_string_equal(verdicts("{\"records\": [{\"USERSPACE\": {"
				     "\"memory_kib\": 393215, \"disks\": 2}}]}",
				     &p, NULL),
			    "memory (KiB)=differs disks=differs ");
}

/* Without a promise the ways are held against each other. */
static void test_agree(void **state)
{
	struct expected p = { .root_part = ROOTDEV_UNKNOWN };
	json_t *j = json_loads(boot, 0, NULL);
	json_t *one = observed_compare(j, &p, &machine, NULL, "x");
	json_t *two = observed_compare(j, &p, &machine, NULL, "x");
	json_t *line = json_array_get(two, 3), *root = json_array_get(two, 5);

	assert_string_equal(json_string_value(json_object_get(line, "name")),
			    "command line");
	json_object_set_new(line, "got", json_string("a c"));
	json_object_set_new(root, "got", json_string("/dev/nvme0n1p1"));
	observed_agree(two, one, NULL, "x");
	assert_string_equal(json_string_value(json_object_get(line, "want")),
			    "a b");
	assert_ptr_equal(observed_difference(two), line);
	assert_string_equal(json_string_value(json_object_get(root,
							      "verdict")),
			    "same");
	assert_null(observed_difference(one));
	json_decref(one);
	json_decref(two);
	json_decref(j);
}

/* Parts of a matrix come from files. */
static void test_agree_hostile(void **state)
{
	json_t *odd = json_loads("[1, {}, {\"name\": 5}, {\"name\": \"x\","
				 "\"verdict\": \"seen\"}, {\"name\": \"y\","
				 "\"verdict\": \"seen\", \"got\": \"1\"}]", 0,
				 NULL);

	observed_agree(odd, odd, NULL, "x");
	observed_agree(NULL, odd, NULL, "x");
	observed_agree(odd, NULL, NULL, "x");
	assert_null(observed_difference(odd));
	json_decref(odd);
}

/* A guest may say anything. */
static void test_hostile(void **state)
{
	static const char *const results[] = {
		"{}", "{\"records\": 5}", "{\"records\": [1, [], {}]}",
		"{\"records\": [{\"TWINBOOT\": [], \"PROBE\": 3}]}",
		"{\"records\": [{\"TWINBOOT\": {\"files\": [[]]}}]}",
	};
	static const char user[] =
		"{\"records\": [{\"USERSPACE\": {\"cmdline\": 1, \"root\": {},"
		" \"initrd\": \"\", \"disks\": null, \"memory_kib\": \"x\"}}]}";
	struct expected p = promise();

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		assert_string_equal(verdicts(results[i], &p, NULL), "");
	assert_string_equal(verdicts(user, &p, NULL), "disks=differs ");
}

static void test_no_root(void **state)
{
	struct expected p = promise();

	assert_string_equal(verdicts("{\"records\": [{\"USERSPACE\": {"
		"\"root\": \"\", \"fs\": \"\", \"want\": \"UUID=1\"}}]}", &p,
		NULL), "root device=differs ");
	assert_string_equal(verdicts("{\"records\": [{\"USERSPACE\": {"
		"\"root\": \"\", \"fs\": \"\", \"want\": \"\"}}]}", &p, NULL),
		"");
}

static void test_times(void **state)
{
	json_t *j = json_loads(boot, 0, NULL);
	json_t *times = observed_times(j, 1.5);
	char *text = json_dumps(times, JSON_COMPACT);

	assert_string_equal(text,
		"[{\"phase\":\"firmware\",\"ms\":2000},"
		"{\"phase\":\"loader\",\"ms\":2000},"
		"{\"phase\":\"kernel\",\"ms\":5000},"
		"{\"phase\":\"userspace\",\"ms\":1000}]");
	free(text);
	json_decref(times);
	json_decref(j);
}

static struct differences *declare(const char *text)
{
	char path[] = "/tmp/differences-XXXXXX";
	int fd = mkstemp(path);
	struct differences *d;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	d = differences_read(path);
	unlink(path);
	return d;
}

static void test_declared(void **state)
{
	struct differences *d = declare(
		"difference { cells = \"pv/*\" fact = \"command line\"\n"
		"  allow = \"a .*\" reason = \"one\" }\n"
		"difference { cells = \"pv/*\" fact = \"disks\"\n"
		"  allow = \"2|3\" reason = \"two\" }\n");

	assert_non_null(d);
	assert_string_equal(differences_allow(d, "pv/x/default",
					      "command line", "a b"), "one");
	assert_string_equal(differences_allow(d, "pv/x/0", "disks", "3"),
			    "two");
	assert_null(differences_allow(d, "xen/x/0", "disks", "3"));
	assert_null(differences_allow(d, "pv/x/0", "disks", "23"));
	assert_null(differences_allow(d, "pv/x/0", "entry", "3"));
	assert_null(differences_allow(NULL, "pv/x/0", "disks", "3"));
	differences_release(d);
}

static void test_declared_badly(void **state)
{
	assert_null(declare("difference { cells = \"a\" }"));
	assert_null(declare("difference { cells = \"a\" fact = \"disks\" "
			    "allow = \"(\" reason = \"r\" }"));
	assert_null(declare("nothing { }"));
	assert_null(declare("difference {"));
	assert_null(differences_read("/nonexistent"));
}

static void test_root_part(void **state)
{
	static const struct part_list none, one = { .n = 1 };

	assert_int_equal(rootdev_part("/dev/vda1"), 1);
	assert_int_equal(rootdev_part("/dev/xvda"), ROOTDEV_WHOLE);
	assert_int_equal(rootdev_part("/dev/sda15"), 15);
	assert_int_equal(rootdev_part("/dev/nvme0n1"), ROOTDEV_WHOLE);
	assert_int_equal(rootdev_part("/dev/nvme0n1p2"), 2);
	assert_int_equal(rootdev_part(""), ROOTDEV_WHOLE);
	assert_int_equal(rootdev_part("7"), 7);
	assert_int_equal(rootdev_part("/dev/sda2147483648"), ROOTDEV_UNKNOWN);
	assert_int_equal(rootdev_part("/dev/sda18446744073709551616"),
			 ROOTDEV_UNKNOWN);
	assert_int_equal(rootdev_find("a root=/dev/vda1 root=/dev/vda2 x", -1,
				      &one, 512), 2);
	assert_int_equal(rootdev_find("root=/dev/xvda1", -1, &none, 512),
			 ROOTDEV_WHOLE);
	assert_int_equal(rootdev_find("noroot=/dev/vda1", -1, &none, 512),
			 ROOTDEV_UNKNOWN);
	assert_int_equal(rootdev_find("root=UUID=1234", -1, &none, 512),
			 ROOTDEV_UNKNOWN);
	assert_int_equal(rootdev_find("root=nfs", -1, &none, 512),
			 ROOTDEV_UNKNOWN);
}

/* Who said what was checked, if it may be believed. */
static void test_evidence(void **state)
{
	struct expected p = promise();
	json_t *j = json_loads(boot, 0, NULL), *list;
	json_t *facts = observed_compare(j, &p, &machine, NULL, "x");
	struct observed_trust trust = { .loader = true, .kernel = true };

	/* The record's facts were promised by nobody: no evidence. */
	list = observed_evidence(facts, &trust);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	trust.userspace = true;
	list = observed_evidence(facts, &trust);
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_string_value(json_array_get(list, 0)),
			    "userspace");
	json_decref(list);
	json_decref(facts);
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_differs),
		cmocka_unit_test(test_machine),
		cmocka_unit_test(test_vdev),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_agree),
		cmocka_unit_test(test_agree_hostile),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_no_root),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_declared),
		cmocka_unit_test(test_declared_badly),
		cmocka_unit_test(test_root_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
