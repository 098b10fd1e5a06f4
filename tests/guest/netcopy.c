/*
 * netcopy get ADDRESS PORT PATH: the body of an HTTP answer to stdout.
 * netcopy put ADDRESS PORT: stdin into a connection, then wait for its end.
 * 64 KiB at a time, so that the network is what is measured.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char buf[65536];

static int failed(const char *what)
{
	perror(what);
	return 1;
}

static int connect_to(const char *address, const char *port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
	};
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (s < 0 || inet_pton(AF_INET, address, &a.sin_addr) != 1 ||
	    connect(s, (struct sockaddr *)&a, sizeof(a)))
		return -1;
	return s;
}

static int copy(int from, int to)
{
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0, w; at < n; at += w) {
			w = write(to, buf + at, (size_t)(n - at));
			if (w <= 0)
				return failed("write");
		}
	return n ? failed("read") : 0;
}

/* The header of the answer, byte by byte, up to its empty line. */
static int skip_header(int s)
{
	unsigned line = 0;
	char c;

	while (read(s, &c, 1) == 1) {
		if (c == '\n' && !line)
			return 0;
		line = c == '\n' ? 0 : line + (c != '\r');
	}
	return failed("header");
}

static int get(int s, const char *path)
{
	int n = snprintf(buf, sizeof(buf), "GET %s HTTP/1.0\r\n\r\n", path);

	if (write(s, buf, (size_t)n) != n || skip_header(s))
		return failed("request");
	return copy(s, 1);
}

static int put(int s)
{
	if (copy(0, s) || shutdown(s, SHUT_WR))
		return failed("send");
	return copy(s, 1);
}

int main(int argc, char **argv)
{
	int s;

	if (argc < 4)
		return 2;
	s = connect_to(argv[2], argv[3]);
	if (s < 0)
		return failed("connect");
	return !strcmp(argv[1], "get") && argc == 5 ? get(s, argv[4]) : put(s);
}
