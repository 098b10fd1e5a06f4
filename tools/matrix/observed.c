/*
 * Three lines on a console carry the facts: the loader's boot record
 * (TWINBOOT), and what a probe kernel (PROBE) or the probe initramfs
 * (USERSPACE) says it was given.  All are a guest's words: any member may be
 * missing or of another type, and jansson's accessors then give NULL or 0.
 */
#include "tools/matrix/observed.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/host/disk/rootdev.h"

struct observed {
	json_t *list;
	const char *from;	/* the kind of record at hand */
	struct differences *d;
	const char *cell;
};

json_t *observed_record(const json_t *records, const char *kind)
{
	json_t *found = NULL;

	for (size_t i = 0; i < json_array_size(records); i++) {
		json_t *r = json_object_get(json_array_get(records, i), kind);

		found = r ? r : found;
	}
	return found;
}

static const char *get(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

/* GOT is NULL: the guest did not say.  WANT is NULL: nothing was promised. */
static void add(struct observed *f, const char *name, const char *got,
		const char *want, bool same)
{
	const char *reason = NULL, *verdict = "same";

	if (!got)
		return;
	if (!want)
		verdict = "seen";
	else if (!same)
		verdict = (reason = differences_allow(f->d, f->cell, name, got))
			? "declared" : "differs";
	json_array_append_new(f->list, json_pack(
		"{ss ss ss ss* ss ss*}", "name", name, "got", got, "from",
		f->from, "want", want, "verdict", verdict, "reason", reason));
}

static void add_text(struct observed *f, const char *name, const char *got,
		     const char *want)
{
	add(f, name, got, want, got && want && !strcmp(got, want));
}

/* What the loader says it loaded, and what it says on the host. */
static void add_loader(struct observed *f, const json_t *got,
		       const json_t *want)
{
	const json_t *file = json_array_get(json_object_get(got, "files"), 0);
	const json_t *other = json_array_get(json_object_get(want, "files"), 0);

	add_text(f, "entry", get(got, "entry"), get(want, "entry"));
	add_text(f, "kernel file", get(file, "path"), get(other, "path"));
	add_text(f, "kernel SHA-256", get(file, "sha256"),
		 get(other, "sha256"));
}

/* EC2 exported bare file systems under the names of partitions. */
static int part_of_root(const char *root, const char *vdev)
{
	return vdev && !strncmp(root, "/dev/", 5) && !strcmp(root + 5, vdev) ?
		ROOTDEV_WHOLE : rootdev_part(root);
}

static void add_root(struct observed *f, const json_t *user,
		     const struct expected *p, const char *vdev)
{
	const char *root = get(user, "root"), *fs = get(user, "fs");
	const char *wanted = get(user, "want");
	char want[32];

	if (!root || !fs || (wanted && !wanted[0]))
		return;
	if (p->root_part == ROOTDEV_WHOLE)
		snprintf(want, sizeof(want), "the whole disk");
	else
		snprintf(want, sizeof(want), "partition %d", p->root_part);
	if (!fs[0])
		add(f, "root device", "not found", wanted, false);
	else
		add(f, "root device", root, p->root_part == ROOTDEV_UNKNOWN ?
		    NULL : want, part_of_root(root, vdev) == p->root_part);
}

/* A kernel keeps some memory for itself before it counts. */
static void add_memory(struct observed *f, const json_t *report,
		       unsigned mem_mb)
{
	json_int_t all = (json_int_t)mem_mb * 1024;
	json_int_t kib = json_integer_value(json_object_get(report,
							    "memory_kib"));
	char got[32], want[64];

	if (!kib)
		kib = json_integer_value(json_object_get(report, "memory")) /
		      1024;
	if (!kib)
		return;
	snprintf(got, sizeof(got), "%lld", kib);
	snprintf(want, sizeof(want), "%lld to %lld", all / 4 * 3, all);
	add(f, "memory (KiB)", got, want, kib >= all / 4 * 3 && kib <= all);
}

static void add_disks(struct observed *f, const json_t *user)
{
	const json_t *n = json_object_get(user, "disks");
	char got[32];

	if (!n)
		return;
	snprintf(got, sizeof(got), "%lld", json_integer_value(n));
	add_text(f, "disks", got, "1");
}

static void add_cpus(struct observed *f, const json_t *user, unsigned cpus)
{
	const json_t *n = json_object_get(user, "cpus");
	char got[32], want[16];

	if (!json_is_integer(n))
		return;
	snprintf(got, sizeof(got), "%lld", json_integer_value(n));
	snprintf(want, sizeof(want), "%u", cpus);
	add_text(f, "CPUs", got, want);
}

/* An array of addresses; null: it could not look for drivers. */
static void add_cards(struct observed *f, const json_t *user, const char *want)
{
	const json_t *cards = json_object_get(user, "cards");
	char got[128] = "";

	if (!json_is_array(cards))
		return;
	for (size_t i = 0; i < json_array_size(cards); i++) {
		const char *mac = json_string_value(json_array_get(cards, i));
		size_t len = strlen(got);

		snprintf(got + len, sizeof(got) - len, "%s%s", len ? ", " : "",
			 mac ? mac : "?");
	}
	add_text(f, "network cards", got[0] ? got : "none", want);
}

json_t *observed_compare(const json_t *result, const struct expected *p,
		      const struct observed_machine *machine,
		      struct differences *d,
		      const char *cell)
{
	struct observed f = { json_array(), "TWINBOOT", d, cell };
	const json_t *records = json_object_get(result, "records");
	const json_t *user = observed_record(records, "USERSPACE");
	const json_t *report = user ? user : observed_record(records, "PROBE");

	add_loader(&f, observed_record(records, "TWINBOOT"), p->record);
	f.from = user ? "USERSPACE" : "PROBE";
	add_text(&f, "kernel release", get(user, "kernel"), p->release);
	add_text(&f, "command line", get(report, "cmdline"), p->cmdline);
	add_text(&f, "initrd SHA-256", get(json_object_get(report, "initrd"),
					   "sha256"), p->initrd_sha256);
	add_root(&f, user, p, machine->vdev);
	add_memory(&f, report, machine->mem_mb);
	add_text(&f, "menu.lst", p->remark[0] ? p->remark : NULL, NULL);
	add_disks(&f, user);
	add_cpus(&f, user, machine->cpus);
	add_cards(&f, user, machine->card);
	return f.list;
}

static bool is_checked(const json_t *fact, const char *from)
{
	const char *verdict = get(fact, "verdict"), *who = get(fact, "from");

	return who && !strcmp(who, from) && verdict &&
	       (!strcmp(verdict, "same") || !strcmp(verdict, "declared"));
}

json_t *observed_evidence(const json_t *facts,
			  const struct observed_trust *trust)
{
	const struct {
		bool trusted;
		const char *from, *name;
	} who[] = {
		{ trust->loader, "TWINBOOT", "boot record" },
		{ trust->kernel, "PROBE", "probe kernel" },
		{ trust->userspace, "USERSPACE", "userspace" },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(who) / sizeof(who[0]); i++) {
		bool said = false;

		for (size_t k = 0; k < json_array_size(facts); k++)
			said |= is_checked(json_array_get(facts, k),
					   who[i].from);
		if (said && who[i].trusted)
			json_array_append_new(list, json_string(who[i].name));
	}
	return list;
}

static const json_t *find(const json_t *facts, const char *name)
{
	for (size_t i = 0; i < json_array_size(facts); i++) {
		const json_t *fact = json_array_get(facts, i);
		const char *other = get(fact, "name");

		if (other && !strcmp(other, name))
			return fact;
	}
	return NULL;
}

static bool is_seen(const json_t *fact)
{
	const char *verdict = get(fact, "verdict");

	return verdict && !strcmp(verdict, "seen") && get(fact, "name") &&
	       get(fact, "got");
}

/* Each profile has its own names for disks. */
static bool agree(const char *name, const char *got, const char *want)
{
	return strcmp(name, "root device") ? !strcmp(got, want) :
		rootdev_part(got) == rootdev_part(want);
}

void observed_agree(json_t *facts, const json_t *earlier, struct differences *d,
		 const char *cell)
{
	for (size_t i = 0; i < json_array_size(facts); i++) {
		json_t *fact = json_array_get(facts, i);
		const char *name = get(fact, "name"), *got = get(fact, "got");
		const char *want, *reason = NULL, *verdict = "same";

		if (!is_seen(fact) || !is_seen(find(earlier, name)))
			continue;
		want = get(find(earlier, name), "got");
		if (!agree(name, got, want))
			verdict = (reason = differences_allow(d, cell, name,
				got)) ? "declared" : "differs";
		json_object_set_new(fact, "want", json_string(want));
		json_object_set_new(fact, "verdict", json_string(verdict));
		if (reason)
			json_object_set_new(fact, "reason",
					    json_string(reason));
	}
}

const json_t *observed_difference(const json_t *facts)
{
	for (size_t i = 0; i < json_array_size(facts); i++) {
		const json_t *fact = json_array_get(facts, i);

		if (get(fact, "verdict") && get(fact, "name") &&
		    get(fact, "got") && get(fact, "want") &&
		    !strcmp(get(fact, "verdict"), "differs"))
			return fact;
	}
	return NULL;
}

/* When the last record of KIND came, in ms; -1: never. */
static double when(const json_t *result, const char *kind)
{
	const json_t *records = json_object_get(result, "records");
	double ms = -1;

	for (size_t i = 0; i < json_array_size(records); i++) {
		const json_t *r = json_array_get(records, i);

		if (json_object_get(r, kind))
			ms = json_number_value(json_object_get(r, "ms"));
	}
	return ms;
}

static void add_phase(json_t *list, const char *phase, double ms)
{
	/* A guest's figures may be any number, and none. */
	if (ms > 0 && ms < 1e9)
		json_array_append_new(list, json_pack("{ss si}", "phase", phase,
						      "ms", (int)ms));
}

json_t *observed_times(const json_t *result, double ticks)
{
	const json_t *rec = observed_record(json_object_get(result, "records"),
					 "TWINBOOT");
	double all = json_number_value(json_object_get(result, "seconds")) *
		     1000;
	double loaded = when(result, "TWINBOOT"), user = when(result, "PROBE");
	double loader = (json_number_value(json_object_get(rec, "tsc_own")) +
			 json_number_value(json_object_get(rec,
							   "tsc_firmware")) +
			 json_number_value(json_object_get(rec,
							   "tsc_backend")));
	json_t *list = json_array();

	if (user < 0)
		user = when(result, "USERSPACE");
	loader = ticks > 0 ? loader / ticks : 0;
	if (loaded >= 0) {
		add_phase(list, "firmware", loaded - loader);
		add_phase(list, "loader", loader < loaded ? loader : loaded);
	}
	/* Without a record nobody knows where the kernel's part begins. */
	if (loaded >= 0 || user >= 0)
		add_phase(list, loaded >= 0 ? "kernel" : "up to userspace",
			  (user < 0 ? all : user) - (loaded < 0 ? 0 : loaded));
	if (user >= 0)
		add_phase(list, "userspace", all - user);
	return list;
}

void observed_why(const json_t *fact, char *why, size_t size)
{
	const char *name = get(fact, "name"), *got = get(fact, "got");
	const char *want = get(fact, "want");

	if (!strcmp(name, "root device") && !strcmp(got, "not found"))
		snprintf(why, size, "no root file system %.100s", want);
	else
		snprintf(why, size, "%s: \"%.80s\", not \"%.80s\"", name, got,
			 want);
}
