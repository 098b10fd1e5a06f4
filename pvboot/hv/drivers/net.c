/* The table of network cards. */
#include "pvboot/hv/drivers/net.h"

#include "loader/base/fmt.h"
#include "pvboot/hv/machine/console/log.h"

struct net *net_table[NET_MAX];
unsigned net_count;

bool net_add(struct net *n)
{
	if (net_count == NET_MAX) {
		hv_log("more than %u network cards", NET_MAX);
		return false;
	}
	fmt(n->name, sizeof(n->name), "net%u", net_count);
	net_table[net_count++] = n;
	return true;
}

void net_event(struct net *n)
{
	if (n->event)
		n->event(n->arg);
}
