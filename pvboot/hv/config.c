/*
 * The Multiboot command line.  A user's typing error must not silently boot
 * something else, so every word has to be understood.
 */
#include "pvboot/hv/config.h"

#include <string.h>

#include "loader/base/err.h"
#include "loader/base/number.h"
#include "loader/disk/vdev.h"
#include "pvboot/hv/machine/console/tty.h"

void config_default(struct hv_config *c)
{
	memset(c, 0, sizeof(*c));
	c->kernel = c->ramdisk = -1;
}

/* Does the text from *S start with WORD?  Then *S moves past it. */
static bool skip(const char **s, const char *end, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(end - *s) < n || memcmp(*s, word, n))
		return false;
	*s += n;
	return true;
}

static int bad(const char *s, const char *end, const char *why)
{
	return fail(ERR_ARGUMENT, "%.*s: %s", (int)(end - s), s, why);
}

static int set_mem(struct hv_config *c, const char *s, const char *end)
{
	/* Bare numbers mean MiB to some and bytes to others. */
	if (number_size(s, end, &c->memory) || !strchr("kmgt", end[-1] | 0x20))
		return bad(s, end, "a size like 256M is wanted");
	return c->memory ? 0 : bad(s, end, "no memory at all");
}

static int set_vcpus(struct hv_config *c, const char *s, const char *end)
{
	uint64_t n;

	if (number_take(&s, end, 10, CONFIG_VCPUS, &n) || s != end || !n)
		return bad(s, end, "1 to 16 vCPUs are possible");
	c->vcpus = (unsigned)n;
	return 0;
}

static int set_console(struct hv_config *c, const char *s, const char *end)
{
	static const char *const name[] = { "com1", "com2", "vga" };
	const char *start = s;
	unsigned all = 0;

	do {
		unsigned i = 0;

		while (i < 3 && !skip(&s, end, name[i]))
			i++;
		all |= 1u << i;
	} while (all < 8 && skip(&s, end, ","));
	if (s != end || all >= 8 || (all & 3) == 3)
		return bad(start, end, "com1, com2 or vga is wanted, or a "
			   "serial port and vga");
	c->console = all;
	return 0;
}

/* NAME:hdN[,PART][,ro] or NAME:modN[,PART][,ro] */
static int set_vbd(struct hv_config *c, const char *s, const char *end)
{
	const char *start = s, *colon = memchr(s, ':', (size_t)(end - s));
	struct config_vbd *v = &c->vbd[c->n_vbds];
	uint64_t n;

	if (c->n_vbds == CONFIG_VBDS)
		return bad(start, end, "too many devices");
	if (!colon || colon - s >= CONFIG_NAME)
		return bad(start, end, "NAME:hdN[,PART][,ro] is wanted");
	memset(v, 0, sizeof(*v));
	memcpy(v->name, s, (size_t)(colon - s));
	if (!vdev_number(v->name))
		return bad(start, end, "no such device name");
	s = colon + 1;
	v->module = skip(&s, end, "mod");
	if ((!v->module && !skip(&s, end, "hd")) ||
	    number_take(&s, end, 10, 255, &n))
		return bad(start, end, "NAME:hdN[,PART][,ro] is wanted");
	v->unit = (unsigned)n;
	v->part = -1;
	v->read_only = v->module;
	if (end - s > 1 && s[1] >= '0' && s[1] <= '9' && skip(&s, end, ",")) {
		if (number_take(&s, end, 10, 255, &n))
			return bad(start, end, "no such partition");
		v->part = (int)n;
	}
	v->read_only |= skip(&s, end, ",ro");
	if (s != end)
		return bad(start, end, "NAME:hdN[,PART][,ro] is wanted");
	for (unsigned i = 0; i < c->n_vbds; i++)
		if (!strcmp(c->vbd[i].name, v->name))
			return bad(start, end, "given twice");
	c->n_vbds++;
	return 0;
}

/* "52:54:00:12:34:56"; not a group's address. */
static bool address(const char **s, const char *end, uint8_t mac[6])
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < 12; i++) {
		const char *at;

		if (i && i % 2 == 0 && !skip(s, end, ":"))
			return false;
		at = *s < end && **s ? strchr(digits, **s | 0x20) : NULL;
		if (!at)
			return false;
		mac[i / 2] = (uint8_t)(mac[i / 2] << 4 | (at - digits));
		++*s;
	}
	return !(mac[0] & 1);
}

/* netN[,mac=ADDRESS], or none */
static int set_vif(struct hv_config *c, const char *s, const char *end)
{
	static const char want[] = "netN[,mac=ADDRESS] or none is wanted";
	struct config_vif *v = &c->vif[c->n_vifs];
	const char *start = s;
	uint64_t n;

	if (skip(&s, end, "none") && s == end) {
		c->no_vifs = true;
		return c->n_vifs ? bad(start, end, "others are given") : 0;
	}
	s = start;
	if (c->n_vifs == CONFIG_VIFS || c->no_vifs)
		return bad(start, end, "too many devices");
	if (!skip(&s, end, "net") || number_take(&s, end, 10, 255, &n))
		return bad(start, end, want);
	memset(v, 0, sizeof(*v));
	v->unit = (unsigned)n;
	v->has_mac = skip(&s, end, ",mac=");
	if ((v->has_mac && !address(&s, end, v->mac)) || s != end)
		return bad(start, end, want);
	for (unsigned i = 0; i < c->n_vifs; i++)
		if (c->vif[i].unit == v->unit)
			return bad(start, end, "given twice");
	c->n_vifs++;
	return 0;
}

/* SIZE@ADDRESS:LINE, as QEMU's microvm tells Linux */
static int set_mmio(struct hv_config *c, const char *s, const char *end)
{
	struct config_mmio *m = &c->mmio[c->n_mmios];
	const char *start = s;
	uint64_t size, line;

	if (c->n_mmios == CONFIG_MMIOS)
		return bad(start, end, "too many devices");
	if (number_take(&s, end, 10, 1 << 20, &size) || size < 512 ||
	    !skip(&s, end, "@0x") ||
	    number_take(&s, end, 16, (1ULL << 46) - 1, &m->base) ||
	    m->base % 512 || !m->base || !skip(&s, end, ":") ||
	    number_take(&s, end, 10, 255, &line) || s != end)
		return bad(start, end, "SIZE@0xADDRESS:LINE is wanted");
	m->line = (unsigned)line;
	c->n_mmios++;
	return 0;
}

static const struct option {
	const char *name;
	int (*set)(struct hv_config *c, const char *s, const char *end);
} options[] = {
	{ "mem=", set_mem },
	{ "vcpus=", set_vcpus },
	{ "console=", set_console },
	{ "vbd=", set_vbd },
	{ "vif=", set_vif },
	{ "virtio_mmio.device=", set_mmio },
};

static int set_option(struct hv_config *c, const char *s, const char *end,
		      bool first)
{
	const char *value = s;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (skip(&value, end, options[i].name))
			return options[i].set(c, value, end);
	/* Many loaders put our own path before the arguments. */
	return first ? 0 : bad(s, end, "no such option");
}

int config_cmdline(struct hv_config *c, const char *cmdline)
{
	const char *s = cmdline, *end;
	bool first = true;
	int err = 0;

	while (!err) {
		while (*s == ' ' || *s == '\t')
			s++;
		if (!*s)
			break;
		for (end = s; *end && *end != ' ' && *end != '\t';)
			end++;
		err = set_option(c, s, end, first);
		first = false;
		s = end;
	}
	return err;
}

bool config_is_disk(const struct hv_config *c, unsigned module)
{
	for (unsigned i = 0; i < c->n_vbds; i++)
		if (c->vbd[i].module && c->vbd[i].unit == module)
			return true;
	return false;
}
