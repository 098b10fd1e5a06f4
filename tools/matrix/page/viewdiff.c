/*
 * Two texts word by word: the longest common subsequence stays as it is, the
 * rest is marked.  Blanks between words count as words, because a kernel's
 * command line may differ in nothing else.
 */
#include "tools/matrix/page/view.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define WORDS_MAX 200	/* beyond this all of it is marked */

struct words {
	const char *at[WORDS_MAX];
	size_t len[WORDS_MAX];
	unsigned n;
	bool all;	/* of the text is in there */
};

/* The next word or run of blanks. */
static size_t word_len(const char *s)
{
	return *s == ' ' ? strspn(s, " ") : strcspn(s, " ");
}

static void split(struct words *w, const char *s)
{
	for (w->n = 0; *s && w->n < WORDS_MAX; s += w->len[w->n++]) {
		w->at[w->n] = s;
		w->len[w->n] = word_len(s);
	}
	w->all = !*s;
}

static bool same(const struct words *a, unsigned i, const struct words *b,
		 unsigned k)
{
	return a->len[i] == b->len[k] && !memcmp(a->at[i], b->at[k], a->len[i]);
}

/* A word that both have is worth more than a blank that both have. */
static uint16_t worth(const struct words *w, unsigned i)
{
	return w->at[i][0] == ' ' ? 1 : 4;
}

/* PIECES gets what lies from FROM to TO. */
static void put(const char *from, const char *to, bool marked, json_t *pieces)
{
	if (from < to)
		json_array_append_new(pieces, json_pack("{ss%}", marked ?
			"mark" : "plain", from, (size_t)(to - from)));
}

/* COMMON[I][K]: the most that A from I and B from K have in common. */
static void find_common(const struct words *a, const struct words *b,
			uint16_t common[WORDS_MAX + 1][WORDS_MAX + 1])
{
	for (unsigned i = a->n; i--; )
		for (unsigned j = b->n; j--; ) {
			uint16_t x = common[i + 1][j], y = common[i][j + 1];

			common[i][j] = same(a, i, b, j) ?
				(uint16_t)(common[i + 1][j + 1] + worth(a, i)) :
				x > y ? x : y;
		}
}

static void put_marked(const struct words *a, const struct words *b,
		       json_t *pieces)
{
	static uint16_t common[WORDS_MAX + 1][WORDS_MAX + 1];
	const char *from = a->n ? a->at[0] : "", *to = from;
	bool marked = false;
	unsigned k = 0;

	memset(common, 0, sizeof(common));
	find_common(a, b, common);
	for (unsigned i = 0; i < a->n; i++) {
		bool alone;

		while (k < b->n && !same(a, i, b, k) &&
		       common[i][k + 1] == common[i][k])
			k++;
		alone = k >= b->n || !same(a, i, b, k);
		if (alone != marked) {
			put(from, to, marked, pieces);
			from = to;
			marked = alone;
		}
		to = a->at[i] + a->len[i];
		k += !alone;
	}
	put(from, to, marked, pieces);
}

json_t *view_words(const char *text, const char *other)
{
	json_t *pieces = json_array();
	struct words a, b;

	split(&a, text);
	split(&b, other);
	if (a.all && b.all)
		put_marked(&a, &b, pieces);
	else
		put(text, text + strlen(text), true, pieces);
	return pieces;
}
