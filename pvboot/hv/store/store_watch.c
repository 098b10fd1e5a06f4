/*
 * Watches, and the events they cause.  Events wait in a bounded queue; one
 * that waits already is not queued twice.  When the queue is full the watch
 * remembers that it missed something and later gets an event for its own path,
 * which makes the guest look again: nothing is lost for good.
 */
#include "pvboot/hv/store/store_watch.h"

#include <string.h>

#include "pvboot/hv/store/store_path.h"

/* "@releaseDomain" and its like are no nodes, but may be watched. */
static int watch_path(const struct store *s, const char *raw, char *out)
{
	if (raw[0] != '@')
		return store_path(s, raw, out);
	if (strlen(raw) > STORE_NAME_MAX)
		return EINVAL;
	memcpy(out, raw, strlen(raw) + 1);
	return 0;
}

static bool queued(struct store *s, unsigned watch, const char *path,
		   size_t len)
{
	s->pool.work += s->n_events / 8;
	for (unsigned i = 0; i < s->n_events; i++) {
		const struct store_event *e =
			&s->event[(s->first_event + i) % STORE_EVENTS];

		if (e->watch == watch && e->path_len == len &&
		    chain_equal(&s->pool, e->path, path, len))
			return true;
	}
	return false;
}

static void queue(struct store *s, unsigned watch, const char *path)
{
	size_t len = strlen(path) + 1;
	struct store_event *e;

	if (queued(s, watch, path, len))
		return;
	if (s->n_events == STORE_EVENTS ||
	    s->pool.n_free_chunks < STORE_KEEP_CHUNKS / 2 + chain_chunks(len)) {
		s->watch[watch].missed = true;
		return;
	}
	e = &s->event[(s->first_event + s->n_events++) % STORE_EVENTS];
	e->watch = (uint16_t)watch;
	e->path_len = (uint16_t)len;
	e->path = chain_new(&s->pool, path, len);
}

/* Is PATH the same as TOP or below it? */
static bool below(const char *path, const char *top)
{
	size_t n = strlen(top);

	if (n == 1 && top[0] == '/')
		return path[0] == '/';
	return !strncmp(path, top, n) && (!path[n] || path[n] == '/');
}

void store_watch_fire(struct store *s, const char *path, bool removed)
{
	char at[STORE_PATH_MAX];

	s->generation++;
	for (unsigned i = 0; i < STORE_WATCHES; i++) {
		struct store_watch *w = &s->watch[i];

		if (!w->path)
			continue;
		chain_read(&s->pool, w->path, w->path_len, at);
		s->pool.work += w->path_len / 64u;
		if (below(path, at))
			queue(s, i, path);
		else if (removed && below(at, path))
			queue(s, i, at);
	}
	if (s->changed)
		s->changed(s->changed_arg, path);
}

static struct store_watch *find(struct store *s, const char *path,
				const char *token)
{
	size_t path_len = strlen(path) + 1, token_len = strlen(token) + 1;

	for (unsigned i = 0; i < STORE_WATCHES; i++) {
		struct store_watch *w = &s->watch[i];

		if (w->path && w->path_len == path_len &&
		    w->token_len == token_len &&
		    chain_equal(&s->pool, w->path, path, path_len) &&
		    chain_equal(&s->pool, w->token, token, token_len))
			return w;
	}
	return NULL;
}

int store_watch_add(struct store *s, const char *raw, const char *token)
{
	char path[STORE_PATH_MAX];
	size_t token_len = strlen(token) + 1;
	struct store_watch *w = s->watch;
	int err = watch_path(s, raw, path);

	if (err)
		return err;
	if (token_len > STORE_TOKEN_MAX)
		return EINVAL;
	if (find(s, path, token))
		return EEXIST;
	while (w < s->watch + STORE_WATCHES && w->path)
		w++;
	if (w == s->watch + STORE_WATCHES)
		return E2BIG;
	if (s->pool.n_free_chunks < STORE_KEEP_CHUNKS +
	    chain_chunks(STORE_PATH_MAX) + chain_chunks(token_len))
		return ENOSPC;
	w->path_len = (uint16_t)(strlen(path) + 1);
	w->token_len = (uint16_t)token_len;
	w->path = chain_new(&s->pool, path, w->path_len);
	w->token = chain_new(&s->pool, token, token_len);
	w->relative = raw[0] != '/' && raw[0] != '@';
	w->missed = false;
	queue(s, (unsigned)(w - s->watch), path);
	return 0;
}

/* Forget WATCH and the events it still has in the queue. */
static void drop(struct store *s, unsigned watch)
{
	unsigned n = s->n_events, kept = 0;

	for (unsigned i = 0; i < n; i++) {
		struct store_event e =
			s->event[(s->first_event + i) % STORE_EVENTS];

		if (e.watch == watch)
			chain_free(&s->pool, e.path);
		else
			s->event[(s->first_event + kept++) % STORE_EVENTS] = e;
	}
	s->n_events = kept;
	chain_free(&s->pool, s->watch[watch].path);
	chain_free(&s->pool, s->watch[watch].token);
	memset(&s->watch[watch], 0, sizeof(s->watch[watch]));
}

int store_watch_remove(struct store *s, const char *raw, const char *token)
{
	char path[STORE_PATH_MAX];
	struct store_watch *w;
	int err = watch_path(s, raw, path);

	if (err)
		return err;
	w = find(s, path, token);
	if (!w)
		return ENOENT;
	drop(s, (unsigned)(w - s->watch));
	return 0;
}

void store_watch_reset(struct store *s)
{
	for (unsigned i = 0; i < STORE_WATCHES; i++)
		if (s->watch[i].path)
			drop(s, i);
}

static void put_event(struct store *s, const struct store_watch *w,
		      uint32_t path, size_t path_len)
{
	char at[STORE_PATH_MAX];
	const char *shown = at;
	uint8_t *to = s->out.data;

	chain_read(&s->pool, path, path_len, at);
	if (w->relative)
		shown = store_path_relative(s, at);
	path_len = strlen(shown) + 1;
	memcpy(to, shown, path_len);
	chain_read(&s->pool, w->token, w->token_len, to + path_len);
	s->out.head = (struct xsd_sockmsg){
		.type = XS_WATCH_EVENT,
		.len = (uint32_t)(path_len + w->token_len),
	};
	s->n_out = 0;
	s->out_len = sizeof(s->out.head) + s->out.head.len;
}

bool store_watch_event(struct store *s)
{
	struct store_event e;

	if (s->n_events) {
		e = s->event[s->first_event];
		s->first_event = (s->first_event + 1) % STORE_EVENTS;
		s->n_events--;
		put_event(s, &s->watch[e.watch], e.path, e.path_len);
		chain_free(&s->pool, e.path);
		return true;
	}
	for (unsigned i = 0; i < STORE_WATCHES; i++) {
		struct store_watch *w = &s->watch[i];

		if (!w->missed)
			continue;
		w->missed = false;
		put_event(s, w, w->path, w->path_len);
		return true;
	}
	return false;
}
