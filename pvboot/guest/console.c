/*
 * The console ring (xen/io/console.h): free-running indexes, the backend's
 * are not trusted further than masked.
 */
#include "pvboot/guest/console.h"

#include <stdarg.h>
#include <stdint.h>
#include <xen/io/console.h>

#include "loader/base/fmt.h"
#include "loader/base/keys.h"
#include "loader/platform.h"
#include "pvboot/guest/guest.h"

#define KEY_TIMEOUT 50u		/* ms between the bytes of one key */

static struct xencons_interface *ring;
static evtchn_port_t port;
static bool untold;		/* there is output, no event was sent */

void console_init(void *page)
{
	ring = page;
	port = start_info->console.domU.evtchn;
}

static uint32_t out_used(void)
{
	return ring->out_prod - __atomic_load_n(&ring->out_cons,
						__ATOMIC_ACQUIRE);
}

void console_tell(void)
{
	if (untold)
		event_send(port);
	untold = false;
}

static void put(char c)
{
	while (out_used() >= sizeof(ring->out)) {
		console_tell();
		event_take(port);
		if (out_used() >= sizeof(ring->out))
			event_wait(port, 10);
	}
	ring->out[ring->out_prod & (sizeof(ring->out) - 1)] = c;
	__atomic_store_n(&ring->out_prod, ring->out_prod + 1,
			 __ATOMIC_RELEASE);
	untold = true;
}

void console_write(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\n')
			put('\r');
		put(s[i]);
	}
}

void console_line(const char *format, ...)
{
	char line[512];
	va_list ap;
	size_t n;

	va_start(ap, format);
	n = vfmt(line, sizeof(line) - 1, format, ap);
	va_end(ap);
	line[n++] = '\n';
	console_write(line, n);
}

void console_drain(void)
{
	uint64_t end = clock_ms() + 1000;

	console_tell();
	while (out_used() && clock_ms() < end) {
		event_take(port);
		if (out_used())
			event_wait(port, 10);
	}
}

static int take_byte(void)
{
	uint32_t cons = ring->in_cons, prod;
	int c;

	prod = __atomic_load_n(&ring->in_prod, __ATOMIC_ACQUIRE);
	if (prod == cons)
		return KEY_NONE;
	c = (unsigned char)ring->in[cons & (sizeof(ring->in) - 1)];
	__atomic_store_n(&ring->in_cons, cons + 1, __ATOMIC_RELEASE);
	event_send(port);
	return c;
}

/* The next byte of an escape sequence, which comes soon or not at all. */
static int next_byte(void)
{
	uint64_t end = clock_ms() + KEY_TIMEOUT;
	int c;

	while ((c = take_byte()) == KEY_NONE && clock_ms() < end) {
		event_take(port);
		event_wait(port, 5);
	}
	return c;
}

int console_key(void)
{
	static struct keys keys;
	int c = take_byte(), key = keys_decode(&keys, c);

	while (key == KEY_NONE && c != KEY_NONE && keys.state) {
		c = next_byte();
		key = keys_decode(&keys, c);
	}
	return key;
}
