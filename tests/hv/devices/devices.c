/*
 * A guest that means no good to the block backend and to xenstore.  Needs
 * xvda, 1 MiB or more, which it writes to, and a read-only xvdb.
 */
#include "tests/hv/devices/devices.h"

#include <string.h>

#include "loader/base/fmt.h"
#include "tests/hv/store.h"

static bool refused(const char *path)
{
	return !store_write(path, "4");
}

static void store_limits(void)
{
	char path[64];
	unsigned made = 0;
	const char *s;

	ok(refused("/local/domain/0/backend/vbd/1/51712/state") &&
	   refused("/x") && refused("domid") && refused("memory/target"),
	   "xenstore: not ours to write");
	for (unsigned i = 0; i < 2000; i++) {
		fmt(path, sizeof(path), "data/n/%u", i);
		made += store_write(path, "x");
	}
	ok(made > 100 && made <= 512, "xenstore: %u of 2000 nodes", made);
	ok(store_ask(XS_RM, "data/n", 7) && store_write("data/n", ""),
	   "xenstore: removed again");
	made = 0;
	for (unsigned i = 0; i < 300; i++) {
		size_t n = fmt(path, sizeof(path), "data/w%u", i) + 1;

		s = store_ask(XS_WATCH, path, n + 2 < sizeof(path) ?
			      (memcpy(path + n, "t", 2), n + 2) : 0);
		made += s && !strcmp(s, "OK");
	}
	ok(made == 128, "xenstore: %u of 300 watches", made);
	store_ask(XS_RESET_WATCHES, "", 1);
	made = 0;
	for (unsigned i = 0; i < 50; i++) {
		s = store_ask(XS_TRANSACTION_START, "", 1);
		made += s && *s >= '0' && *s <= '9';
	}
	ok(made == 8, "xenstore: %u of 50 transactions", made);
	store_ask(XS_RESET_WATCHES, "", 1);
}

/* Requests without end, replies never read; then all is as before. */
static void store_flood(void)
{
	static const char wire[] = "\x0b\0\0\0\1\0\0\0\0\0\0\0\7\0\0\0data/f";
	struct xsd_sockmsg m;
	unsigned sent = 0, replies = 0;

	store_ask(XS_WATCH, "data\0t", 7);
	for (unsigned i = 0; i < 20000; i++) {
		if (store_ring->req_prod - store_ring->req_cons > 1000 - 23)
			store_kick();
		else
			sent += store_push(wire, 23) == 23;
	}
	ok(sent < 200, "xenstore: %u requests taken of a flood", sent);
	/* Read what there is, whatever it is. */
	while (store_ring->rsp_prod != store_ring->rsp_cons) {
		char *to = (char *)&m;

		for (size_t i = 0; i < sizeof(m); i++) {
			if (store_ring->rsp_prod == store_ring->rsp_cons)
				store_kick();
			to[i] = store_ring->rsp[store_ring->rsp_cons++ & 1023];
		}
		for (size_t i = 0; i < m.len; i++) {
			if (store_ring->rsp_prod == store_ring->rsp_cons)
				store_kick();
			store_ring->rsp_cons++;
		}
		replies += m.type != XS_WATCH_EVENT;
		store_kick();
	}
	ok(replies == sent, "xenstore: %u answers", replies);
	store_ask(XS_RESET_WATCHES, "", 1);
	ok(store_read("domid")[0] == '1', "xenstore: goes on");
}

static void store_broken(void)
{
	store_ring->req_prod = store_ring->req_cons + 5000;
	store_kick();
	store_ring->req_prod = store_ring->req_cons;
	ok(!store_read("domid") && store_ring->error,
	   "xenstore: impossible indices end the service");
}

void guest_main(void)
{
	store_start();
	ok(store_read("domid")[0] == '1', "xenstore: answers");
	devices_block();
	devices_network();
	ok(!hypercall(__HYPERVISOR_arch_7, 0, 0, 0, 0), "the audit agrees");
	store_limits();
	store_flood();
	store_broken();
	done();
}
