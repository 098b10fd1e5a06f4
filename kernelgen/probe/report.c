/*
 * The probe's line.  The initrd's hash is libmd's; JSON strings keep valid
 * UTF-8 as it is and show other bytes as \xNN.
 */
#include <sha2.h>
#include <string.h>

#include "kernelgen/probe/probe.h"
#include "loader/base/fmt.h"

/* Bytes of the UTF-8 sequence at S, 0 if it is none. */
static size_t utf8_length(const uint8_t *s)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 :
		s[0] >= 0xe0 && s[0] < 0xf0 ? 3 :
		s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static void write_json(const char *text, void (*write)(const char *, size_t))
{
	const uint8_t *s = (const uint8_t *)text;
	char b[16];

	while (*s) {
		size_t n = utf8_length(s);

		if (!n)
			write(b, fmt(b, sizeof(b), "\\\\x%02x", *s));
		else if (*s < 0x20)
			write(b, fmt(b, sizeof(b), "\\u%04x", *s));
		else if (*s == '"' || *s == '\\')
			write(b, fmt(b, sizeof(b), "\\%c", *s));
		else
			write((const char *)s, n);
		s += n ? n : 1;
	}
}

static void write_hash(const struct probe *p,
		       void (*write)(const char *, size_t))
{
	uint8_t hash[SHA256_DIGEST_LENGTH];
	char b[4];
	SHA2_CTX c;

	SHA256Init(&c);
	SHA256Update(&c, p->initrd, p->initrd_len);
	SHA256Final(hash, &c);
	for (size_t i = 0; i < sizeof(hash); i++)
		write(b, fmt(b, sizeof(b), "%02x", hash[i]));
}

void probe_report(const struct probe *p, void (*write)(const char *, size_t))
{
	char b[128];

	/* A line of its own, whatever the loader left on the console. */
	write(b, fmt(b, sizeof(b), "\r\nPROBE {\"entry\":\"%s\",\"cmdline\":\"",
		     p->entry));
	write_json(p->cmdline, write);
	write(b, fmt(b, sizeof(b), "\",\"initrd\":{\"bytes\":%lu,\"sha256\":\"",
		     p->initrd_len));
	write_hash(p, write);
	write(b, fmt(b, sizeof(b), "\"},\"memory\":%lu", p->memory));
	if (p->told)
		write(p->told, strlen(p->told));
	write(b, fmt(b, sizeof(b), ",\"tsc\":%lu}\r\n", p->tsc));
}
