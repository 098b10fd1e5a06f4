/*
 * A bill of materials, SPDX 2.3 as JSON: the packages of /var/lib/dpkg/status,
 * when the tree has one, and every file with its hashes.  Debian's names of
 * licences are not SPDX's; they are given as comments.
 */
#include <ctype.h>
#include <jansson.h>
#include <sha1.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/image/build.h"
#include "tools/image/recipe/uuid.h"
#include "tools/image/tree/data.h"
#include "tools/image/tree/gate.h"
#include "tools/image/tree/name_json.h"
#include "tools/progress.h"
#include "tools/text.h"
#include "tools/version.h"

#define STATUS "var/lib/dpkg/status"
#define TEXT_MAX (64u << 20)
#define LICENCES_MAX 1024

struct sbom {
	struct tree_visitor visitor;
	const struct tree *tree;
	json_t *files, *packages, *relations;
	unsigned n_files, n_packages;
	char (*sum)[41];	/* SHA1 of each file */
	size_t n_sums;
};

static void relate(struct sbom *s, const char *from, const char *how,
		   const char *to)
{
	json_array_append_new(s->relations, json_pack("{ss ss ss}",
		"spdxElementId", from, "relationshipType", how,
		"relatedSpdxElement", to));
}

/* ---- files ---- */

static int hash_file(const struct tree_node *n, const char *path,
		     char sha1[41], char sha256[65])
{
	static uint8_t buf[1 << 17];
	struct data_reader r;
	SHA2_CTX two;
	SHA1_CTX one;
	uint8_t h[32];
	ssize_t got;

	if (data_open(&r, n, path))
		return -1;
	SHA1Init(&one);
	SHA256Init(&two);
	while ((got = data_read_whole(&r, buf, sizeof(buf))) > 0) {
		SHA1Update(&one, buf, (size_t)got);
		SHA256Update(&two, buf, (size_t)got);
	}
	data_close(&r);
	SHA1Final(h, &one);
	for (unsigned i = 0; i < 20; i++)
		snprintf(sha1 + 2 * i, 3, "%02x", h[i]);
	SHA256Final(h, &two);
	for (unsigned i = 0; i < 32; i++)
		snprintf(sha256 + 2 * i, 3, "%02x", h[i]);
	return got < 0 ? -1 : 0;
}

/* For the package's verification code. */
static void keep_sum(struct sbom *s, const char *sha1)
{
	if (!(s->n_sums & (s->n_sums - 1))) {
		s->sum = realloc(s->sum, (s->n_sums ? 2 * s->n_sums : 1) *
				 sizeof(*s->sum));
		if (!s->sum)
			abort();
	}
	memcpy(s->sum[s->n_sums++], sha1, sizeof(*s->sum));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* SPDX 2.3, 7.9: the SHA1 of all files' SHA1s as text, sorted. */
static json_t *verification(struct sbom *s)
{
	char hex[41];
	uint8_t h[20];
	SHA1_CTX all;

	qsort(s->sum, s->n_sums, sizeof(*s->sum), by_text);
	SHA1Init(&all);
	for (size_t i = 0; i < s->n_sums; i++)
		SHA1Update(&all, (const uint8_t *)s->sum[i], 40);
	SHA1Final(h, &all);
	for (unsigned i = 0; i < sizeof(h); i++)
		snprintf(hex + 2 * i, 3, "%02x", h[i]);
	return json_pack("{ss}", "packageVerificationCodeValue", hex);
}

static int add_file(struct tree_visitor *v, struct tree_node *n,
		    const char *path)
{
	struct sbom *s = (struct sbom *)v;
	char one[41] = "", two[65] = "", id[40];

	if (!S_ISREG(n->mode))
		return 0;
	if (hash_file(n, path, one, two))
		return -1;
	snprintf(id, sizeof(id), "SPDXRef-File-%u", ++s->n_files);
	keep_sum(s, one);
	json_array_append_new(s->files, json_pack(
		"{ss so s[{ss ss} {ss ss}] ss s[s] ss}", "SPDXID", id,
		"fileName", name_json("./", path), "checksums",
		"algorithm", "SHA1", "checksumValue", one,
		"algorithm", "SHA256", "checksumValue", two,
		"licenseConcluded", "NOASSERTION", "licenseInfoInFiles",
		"NOASSERTION", "copyrightText", "NOASSERTION"));
	relate(s, "SPDXRef-Image", "CONTAINS", id);
	return 0;
}

/* ---- packages ---- */

/* The value of "NAME: " in the paragraph at P, malloc'd; NULL: none. */
static char *field(const char *p, const char *name)
{
	size_t len = strlen(name);

	while (*p && *p != '\n') {
		size_t line = strcspn(p, "\n");

		if (!strncmp(p, name, len) && p[len] == ':') {
			size_t from = len + 1 + (p[len + 1] == ' ');

			return strndup(p + from, line < from ? 0 :
				       line - from);
		}
		p += line + (p[line] == '\n');
	}
	return NULL;
}

/* Each "License: " of a package's copyright file, once. */
static char *licences(const struct tree *t, const char *package)
{
	char path[512], found[LICENCES_MAX] = "", *text;
	const struct tree_node *n;

	snprintf(path, sizeof(path), "usr/share/doc/%s/copyright", package);
	n = gate_lookup(t, path, true);
	text = n && S_ISREG(n->mode) && n->size <= TEXT_MAX ?
	       data_text(n, TEXT_MAX, path) : NULL;
	for (char *p = text; p && *p; p = strchr(p, '\n')) {
		size_t len, used = strlen(found);
		char name[128];

		p += *p == '\n';
		if (strncmp(p, "License: ", 9))
			continue;
		len = strcspn(p + 9, "\n");
		snprintf(name, sizeof(name), "%.*s", (int)len, p + 9);
		if (!strstr(found, name) &&
		    used + strlen(name) + 3 < sizeof(found))
			sprintf(found + used, "%s%s", used ? "; " : "", name);
	}
	free(text);
	return found[0] ? strdup(found) : NULL;
}

/* SPDX 3.2: letters, digits, '.' and '-'; the number makes it unique. */
static void make_id(char *to, size_t size, unsigned number, const char *name)
{
	snprintf(to, size, "SPDXRef-Package-%u-%s", number, name);
	for (; *to; to++)
		if (!isalnum((unsigned char)*to) && *to != '.')
			*to = '-';
}

/* The package URL of Debian's: purl-spec, "deb". */
static json_t *locator(const char *name, const char *version,
		       const char *arch)
{
	char *n = name_escape(name), *v = name_escape(version);
	char *a = name_escape(arch ? arch : "");
	json_t *j = json_sprintf("pkg:deb/debian/%s@%s%s%s", n, v,
				 a[0] ? "?arch=" : "", a);

	free(n);
	free(v);
	free(a);
	return j;
}

static void put_package(struct sbom *s, const char *name, const char *version,
			const char *arch)
{
	char *terms = licences(s->tree, name), id[300];
	json_t *j;

	make_id(id, sizeof(id), ++s->n_packages, name);
	j = json_pack("{ss so so ss sb ss ss ss s[{ss ss so}]}", "SPDXID", id,
		"name", text_json(name), "versionInfo", text_json(version),
		"downloadLocation", "NOASSERTION", "filesAnalyzed", 0,
		"licenseConcluded", "NOASSERTION", "licenseDeclared",
		"NOASSERTION", "copyrightText", "NOASSERTION",
		"externalRefs", "referenceCategory", "PACKAGE-MANAGER",
		"referenceType", "purl", "referenceLocator",
		locator(name, version, arch));
	if (terms)
		json_object_set_new(j, "licenseComments", text_json(terms));
	json_array_append_new(s->packages, j);
	relate(s, "SPDXRef-Image", "CONTAINS", id);
	free(terms);
}

static void add_package(struct sbom *s, const char *paragraph)
{
	char *name = field(paragraph, "Package");
	char *version = field(paragraph, "Version");
	char *status = field(paragraph, "Status");
	char *arch = field(paragraph, "Architecture");

	if (name && name[0] && version && status &&
	    strstr(status, " installed"))
		put_package(s, name, version, arch);
	free(name);
	free(version);
	free(status);
	free(arch);
}

static int add_packages(struct sbom *s)
{
	const struct tree_node *n = gate_lookup(s->tree, STATUS, true);
	char *text;

	if (!n || !S_ISREG(n->mode))
		return 0;
	text = data_text(n, TEXT_MAX, STATUS);
	for (char *p = text; p && *p; ) {
		char *end = strstr(p, "\n\n");

		add_package(s, p);
		p = end ? end + 2 : p + strlen(p);
	}
	free(text);
	return text ? 0 : -1;
}

static json_t *document(struct sbom *s, const struct build *b)
{
	time_t now = (time_t)filetree_time();
	char created[32], space[128], id[40];
	const char *slash = strrchr(b->r.output, '/');
	const char *name = slash ? slash + 1 : b->r.output;

	strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	uuid_make(b->tree.digest, id);
	snprintf(space, sizeof(space), "urn:uuid:%s", id);
	json_array_insert_new(s->packages, 0, json_pack(
		"{ss so ss sb so ss ss ss}", "SPDXID", "SPDXRef-Image",
		"name", text_json(name), "downloadLocation", "NOASSERTION",
		"filesAnalyzed", 1, "packageVerificationCode", verification(s),
		"licenseConcluded", "NOASSERTION", "licenseDeclared",
		"NOASSERTION", "copyrightText", "NOASSERTION"));
	return json_pack("{ss ss ss so ss s{ss s[o]} sO sO sO}",
		"spdxVersion", "SPDX-2.3", "dataLicense", "CC0-1.0", "SPDXID",
		"SPDXRef-DOCUMENT", "name", text_json(name),
		"documentNamespace", space, "creationInfo", "created", created,
		"creators", json_sprintf("Tool: twinboot-%s", version_number),
		"packages", s->packages, "files", s->files, "relationships",
		s->relations);
}

json_t *sbom_make(const struct build *b)
{
	struct sbom s = { { add_file }, &b->tree, json_array(), json_array(),
			  json_array(), 0, 0, NULL, 0 };
	json_t *j = NULL;

	progress_say("bill of materials", 0, 0);
	relate(&s, "SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Image");
	if (!add_packages(&s) && !filetree_walk(&b->tree, &s.visitor))
		j = document(&s, b);
	json_decref(s.files);
	json_decref(s.packages);
	json_decref(s.relations);
	free(s.sum);
	return j;
}
