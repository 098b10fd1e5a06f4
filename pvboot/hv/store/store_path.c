/*
 * Paths as the guest writes them: absolute, or below its own home.
 */
#include "pvboot/hv/store/store_path.h"

#include <string.h>

#include "loader/base/fmt.h"

static size_t home(const struct store *s, char *buf, size_t size)
{
	return fmt(buf, size, "/local/domain/%u/", s->guest);
}

const char *store_path_relative(const struct store *s, const char *path)
{
	char at[32];
	size_t n = home(s, at, sizeof(at));

	return strncmp(path, at, n) ? path : path + n;
}

static bool good_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '-' || c == '_' || c == '@' ||
		c == '/';
}

int store_path(const struct store *s, const char *raw, char *out)
{
	size_t n = raw[0] == '/' ? 0 : home(s, out, STORE_PATH_MAX);
	size_t part = 0, len = strlen(raw);
	unsigned depth = n ? 3 : 0;

	if (!len || len >= STORE_PATH_MAX - n)
		return EINVAL;
	memcpy(out + n, raw, len + 1);
	if (len == 1 && raw[0] == '/')
		return 0;
	for (; out[n]; n++) {
		if (!good_char(out[n]))
			return EINVAL;
		if (out[n] == '/' && (out[n + 1] == '/' || !out[n + 1]))
			return EINVAL;
		part = out[n] == '/' ? 0 : part + 1;
		depth += part == 1;
		if (part > STORE_NAME_MAX || depth > STORE_DEPTH_MAX)
			return EINVAL;
	}
	return 0;
}
