/* The gate of the image builder: what members do to the tree, and to others. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/image/tree/gate.h"

static struct tree t;

static int begin(void **state)
{
	filetree_init(&t, NULL);
	return 0;
}

static int end(void **state)
{
	filetree_free(&t);
	return 0;
}

static struct tree_node *node(struct tree *to, uint32_t type,
			      const char *target)
{
	struct tree_node *n = filetree_new_node(to, type | 0755);

	if (S_ISLNK(type)) {
		n->target = target;
		n->size = strlen(target);
	}
	return n;
}

static struct tree_node *put(const char *path, uint32_t type, const char *to)
{
	return gate_put(&t, path, node(&t, type, to));
}

static struct tree_node *at(const char *path)
{
	return gate_lookup(&t, path, false);
}

static void test_paths_are_cleaned(void **state)
{
	struct tree_node *n = put("/./a//b/./c", S_IFREG, NULL);

	assert_non_null(n);
	assert_ptr_equal(at("a/b/c"), n);
	assert_true(at("a/b")->implied);
	assert_null(put("a/../b", S_IFREG, NULL));
	assert_null(put("..", S_IFREG, NULL));
	assert_non_null(put("..a/b..", S_IFREG, NULL));
	assert_ptr_equal(put(".", S_IFDIR, NULL), t.root);
	assert_ptr_equal(put("///", S_IFDIR, NULL), t.root);
	assert_null(put("./.", S_IFREG, NULL));
	assert_null(put("", S_IFLNK, "x"));
}

static void test_names_have_limits(void **state)
{
	char name[TREE_PATH_MAX + 16];

	memset(name, 'n', sizeof(name));
	name[255] = 0;
	assert_non_null(put(name, S_IFREG, NULL));
	name[255] = 'n';
	name[256] = 0;
	assert_null(put(name, S_IFREG, NULL));
	memset(name, '/', sizeof(name));
	for (size_t i = 1; i < sizeof(name); i += 2)
		name[i] = 'd';
	name[TREE_PATH_MAX - 1] = 0;
	assert_non_null(put(name, S_IFREG, NULL));
	name[TREE_PATH_MAX - 1] = 'x';
	name[TREE_PATH_MAX] = 0;
	assert_null(put(name, S_IFREG, NULL));
}

static void test_depth_has_a_limit(void **state)
{
	struct tree_node *d = t.root;
	unsigned n = 0;

	while (n < 2 * TREE_DEPTH_MAX &&
	       (d = gate_place(&t, d, "d", 1, node(&t, S_IFDIR, NULL))))
		n++;
	assert_int_equal(n, TREE_DEPTH_MAX);
}

/* Every type over every other: the later one stands there. */
static void test_the_later_one_wins(void **state)
{
	static const uint32_t types[] = { S_IFREG, S_IFDIR, S_IFLNK, S_IFCHR,
					  S_IFIFO, S_IFSOCK, S_IFBLK };

	for (size_t a = 0; a < 7; a++)
		for (size_t b = 0; b < 7; b++) {
			struct tree_node *first = put("x", types[a], "to");
			struct tree_node *second = put("x", types[b], "to");

			assert_non_null(first);
			assert_non_null(second);
			assert_ptr_equal(at("x"), second);
			assert_int_equal(second->mode & S_IFMT, types[b]);
			filetree_find(&t, t.root, "x", 1)->node = NULL;
		}
}

static void test_directories_merge(void **state)
{
	struct tree_node *d;

	put("d/a", S_IFREG, NULL);
	d = node(&t, S_IFDIR, NULL);
	d->uid = 7;
	d = gate_put(&t, "d", d);
	assert_int_equal(d->uid, 7);
	assert_false(d->implied);
	assert_non_null(at("d/a"));
	put("d", S_IFREG, NULL);
	assert_null(at("d/a"));
	assert_null(put("d/b", S_IFREG, NULL));
	put("d", S_IFDIR, NULL);
	assert_null(at("d/a"));
}

static void test_replacing_leaves_other_names(void **state)
{
	struct tree_node *old = put("a", S_IFREG, NULL), *new;

	assert_non_null(gate_link(&t, NULL, "b", "a"));
	assert_non_null(gate_link(&t, NULL, "./b2", "/a"));
	new = put("a", S_IFREG, NULL);
	assert_ptr_equal(at("b"), old);
	assert_ptr_equal(at("b2"), old);
	assert_ptr_equal(at("a"), new);
	assert_non_null(gate_link(&t, NULL, "a", "a"));
	filetree_finish(&t);
	assert_int_equal(old->nlink, 2);
	assert_int_equal(new->nlink, 1);
	assert_int_equal(t.n_nodes, 3);
}

static void test_links_to_what_cannot_be(void **state)
{
	put("d", S_IFDIR, NULL);
	put("l", S_IFLNK, "d");
	assert_null(gate_link(&t, NULL, "h", "d"));
	assert_null(gate_link(&t, NULL, "h", "nothing"));
	assert_null(gate_link(&t, NULL, "h", ""));
	assert_null(gate_link(&t, NULL, "..", "l"));
	assert_non_null(gate_link(&t, NULL, "h", "l"));
	assert_true(S_ISLNK(at("h")->mode));
}

static void test_links_are_the_trees(void **state)
{
	put("usr/bin/x", S_IFREG, NULL);
	put("bin", S_IFLNK, "usr/bin");
	put("abs", S_IFLNK, "/usr");
	put("out", S_IFLNK, "../../../../usr");
	assert_non_null(put("bin/a", S_IFREG, NULL));
	assert_non_null(put("abs/b", S_IFREG, NULL));
	assert_non_null(put("out/bin/c", S_IFREG, NULL));
	assert_non_null(at("usr/bin/a"));
	assert_non_null(at("usr/b"));
	assert_non_null(at("usr/bin/c"));
	put("loop", S_IFLNK, "pool");
	put("pool", S_IFLNK, "loop");
	assert_null(put("loop/x", S_IFREG, NULL));
	assert_null(gate_lookup(&t, "loop", true));
	assert_non_null(at("loop"));
	put("self", S_IFLNK, ".");
	assert_non_null(put("self/self/new", S_IFREG, NULL));
	assert_non_null(at("new"));
	/* A file is no directory, whatever leads to it. */
	put("f", S_IFLNK, "usr/b");
	assert_null(put("f/x", S_IFREG, NULL));
}

static void test_roots_and_layers(void **state)
{
	struct tree up;

	put("usr/lib/a", S_IFREG, NULL);
	put("lib", S_IFLNK, "usr/lib");
	put("opt/old", S_IFREG, NULL);
	put("gone", S_IFREG, NULL);
	filetree_init(&up, &t);
	gate_put(&up, "lib", node(&up, S_IFDIR, NULL));
	gate_put(&up, "lib/b", node(&up, S_IFREG, NULL));
	gate_put(&up, "opt/.wh..wh..opq", node(&up, S_IFREG, NULL));
	gate_put(&up, "opt/new", node(&up, S_IFREG, NULL));
	gate_put(&up, ".wh.gone", node(&up, S_IFREG, NULL));
	gate_put(&up, ".wh.never", node(&up, S_IFREG, NULL));
	/* A second root adds to what is behind the link. */
	assert_int_equal(gate_merge(&t, &up, false), 0);
	assert_true(S_ISLNK(at("lib")->mode));
	assert_non_null(at("usr/lib/b"));
	assert_non_null(at("gone"));
	/* A layer means the directory that it names. */
	assert_int_equal(gate_merge(&t, &up, true), 0);
	assert_true(S_ISDIR(at("lib")->mode));
	assert_non_null(at("lib/b"));
	assert_null(at("lib/a"));
	assert_null(at("gone"));
	assert_null(at("opt/old"));
	assert_non_null(at("opt/new"));
	filetree_free(&up);
}

/* A whiteout that names nothing, or no entry of its directory. */
static void test_odd_whiteouts(void **state)
{
	static const char *const odd[] = { ".wh.", ".wh..", ".wh...",
					   "d/.wh.", "d/e/.wh..", NULL };
	static const char *const good[] = { ".wh.x", ".wh..x", ".wh....",
					    ".wh..wh.plnk", "d/.wh.x",
					    "wh.", ".wh", NULL };
	struct tree up;

	put("x", S_IFREG, NULL);
	for (unsigned i = 0; odd[i]; i++) {
		filetree_init(&up, &t);
		gate_put(&up, odd[i], node(&up, S_IFREG, NULL));
		assert_int_equal(gate_merge(&t, &up, true), -1);
		assert_non_null(at("x"));
		filetree_free(&up);
	}
	for (unsigned i = 0; good[i]; i++) {
		filetree_init(&up, &t);
		gate_put(&up, good[i], node(&up, S_IFREG, NULL));
		assert_int_equal(gate_merge(&t, &up, true), 0);
		filetree_free(&up);
	}
	assert_null(at("x"));
}

static int record(struct tree_visitor *v, struct tree_node *n, const char *path)
{
	static uint32_t next;

	next = path[0] ? next : 0;
	assert_int_equal(n->number, next++);
	assert_ptr_equal(gate_lookup(&t, path, false), n);
	return 0;
}

static void test_walking(void **state)
{
	struct tree_visitor v = { record };

	for (unsigned i = 0; i < 3000; i++) {
		char path[32];

		snprintf(path, sizeof(path), "d%u/%u/f%u", i % 7, i % 11,
			 i * 7919 % 3000);
		assert_non_null(put(path, S_IFREG, NULL));
	}
	gate_link(&t, NULL, "a", "d0/0/f0");
	filetree_finish(&t);
	assert_int_equal(filetree_walk(&t, &v), 0);
	assert_int_equal(t.n_nodes, 3000 + 7 + 77 + 1);
}

static void test_digest(void **state)
{
	uint8_t first[32];
	struct tree_node *n;

	put("b", S_IFREG, NULL);
	put("a", S_IFREG, NULL);
	filetree_finish(&t);
	memcpy(first, t.digest, 32);
	for (unsigned change = 0; change < 4; change++) {
		filetree_free(&t);
		filetree_init(&t, NULL);
		put("a", S_IFREG, NULL);
		n = put("b", S_IFREG, NULL);
		if (change == 1)
			n->mtime.tv_nsec = 1;
		if (change == 2)
			filetree_add_xattr(&t, n, "user.x", "y", 1);
		if (change == 3)
			put("c", S_IFREG, NULL);
		filetree_finish(&t);
		assert_int_equal(!!memcmp(first, t.digest, 32), change > 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_paths_are_cleaned), TEST(test_names_have_limits),
		TEST(test_depth_has_a_limit), TEST(test_the_later_one_wins),
		TEST(test_directories_merge),
		TEST(test_replacing_leaves_other_names),
		TEST(test_links_to_what_cannot_be),
		TEST(test_links_are_the_trees), TEST(test_roots_and_layers),
		TEST(test_odd_whiteouts),
		TEST(test_walking), TEST(test_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
