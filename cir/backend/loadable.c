//go:build cgo && linux && !noxla

#include "loadable.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>

#include "programs.h"

// The calls that go-xla makes of any plugin: those up to the last one that it needs on a CPU. A table that is shorter is of a
// version so old that a call would jump to an address that is none.
enum { NEEDED = 97, MAJOR = 0 };

const char *gocir_fault(const char *path, char *text, unsigned long size) {
	void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	if (!library) {
		const char *why = dlerror();
		snprintf(text, size, "%s", why ? why : "the system can't load it, and does not say why");
		return text;
	}
	const struct api *(*get)(void) = (const struct api *(*)(void))dlsym(library, "GetPjrtApi");
	if (!get)
		return "it is a library, but no XLA plugin: it has no function GetPjrtApi";
	const struct api *found = get();
	if (!found)
		return "it gives no table of functions";
	if (found->size < offsetof(struct api, calls) + NEEDED * sizeof(call) || found->major != MAJOR) {
		snprintf(text, size, "it is of PJRT's version %d.%d with %lu bytes of functions, which this program can't call: install the one that `cir setup` installs",
			found->major, found->minor, (unsigned long)found->size);
		return text;
	}
	return NULL;
}
