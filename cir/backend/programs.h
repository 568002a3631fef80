// What of PJRT's C API a cache of compiled programs needs, as the pinned CPU plugin has it (version 0.115): a table of
// functions, each with one argument, a struct that begins with its own size.

#pragma once

#include <stddef.h>

enum { // places in the table
	ERROR_DESTROY = 0,
	CLIENT_COMPILE = 20,
	EXECUTABLE_DESTROY = 40,
	EXECUTABLE_SERIALIZE = 49,
	LOADED_EXECUTABLE_GET = 51,
	EXECUTABLE_LOAD = 56,
};

typedef void *(*call)(void *arguments); // returns an error, or NULL

struct api {
	size_t size;
	void *extensions;
	size_t version_size;
	void *version_extensions;
	int major, minor;
	call calls[]; // as many as size says
};

struct program {
	size_t size;
	void *extensions;
	char *code;
	size_t code_size;
	const char *format;
	size_t format_size;
};

struct compile {
	size_t size;
	void *extensions;
	void *client;
	const struct program *program;
	const char *options;
	size_t options_size;
	void *executable; // result
};

struct serialize {
	size_t size;
	void *extensions;
	void *executable;
	const char *bytes; // results, which live until release is called on owner
	size_t bytes_size;
	void *owner;
	void (*release)(void *owner);
};

// gocir_interposed is a plugin's table whose compile function asks the cache first; NULL if the plugin can't be loaded, or is
// of another version. Only one plugin of a process can have it.
struct api *gocir_interposed(const char *path, int major, int minor);

// gocir_load makes a program of what serialize gave. It reports whether that was possible.
int gocir_load(struct compile *c, const char *bytes, size_t size);

// gocir_serialize fills s with the program that was compiled, to be released. It reports whether that was possible.
int gocir_serialize(struct compile *c, struct serialize *s);

void gocir_release(struct serialize *s);
