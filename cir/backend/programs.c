//go:build cgo && linux && !noxla

#include "programs.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"

static const struct api *plugin; // as it came

static int done(void *error) {
	struct { size_t size; void *extensions; void *error; } destroy = {sizeof destroy, NULL, error};
	if (error)
		plugin->calls[ERROR_DESTROY](&destroy);
	return !error;
}

static void *compile(void *arguments) {
	if (gocir_cached(arguments))
		return NULL;
	void *error = plugin->calls[CLIENT_COMPILE](arguments);
	if (!error)
		gocir_cache(arguments);
	return error;
}

struct api *gocir_interposed(const char *path, int major, int minor) {
	void *library = plugin ? NULL : dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	const struct api *(*get)(void) = library ? (const struct api *(*)(void))dlsym(library, "GetPjrtApi") : NULL;
	const struct api *found = get ? get() : NULL;
	if (!found || found->major != major || found->minor != minor)
		return NULL;
	struct api *changed = malloc(found->size);
	if (!changed)
		return NULL;
	plugin = found;
	memcpy(changed, found, found->size);
	changed->calls[CLIENT_COMPILE] = compile;
	return changed;
}

int gocir_load(struct compile *c, const char *bytes, size_t size) {
	struct {
		size_t size;
		void *extensions, *client;
		const char *bytes;
		size_t bytes_size;
		void *executable; // result
		const char *options;
		size_t options_size;
	} load = {sizeof load, NULL, c->client, bytes, size, NULL, NULL, 0};
	if (!done(plugin->calls[EXECUTABLE_LOAD](&load)))
		return 0;
	c->executable = load.executable;
	return 1;
}

int gocir_serialize(struct compile *c, struct serialize *s) {
	struct { size_t size; void *extensions, *loaded, *executable; } get = {sizeof get, NULL, c->executable, NULL};
	if (!done(plugin->calls[LOADED_EXECUTABLE_GET](&get)))
		return 0;
	memset(s, 0, sizeof *s);
	s->size = sizeof *s;
	s->executable = get.executable;
	int whole = done(plugin->calls[EXECUTABLE_SERIALIZE](s));
	struct { size_t size; void *extensions, *executable; } destroy = {sizeof destroy, NULL, get.executable};
	return done(plugin->calls[EXECUTABLE_DESTROY](&destroy)) && whole;
}

void gocir_release(struct serialize *s) { s->release(s->owner); }
