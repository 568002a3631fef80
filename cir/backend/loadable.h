// What of PJRT's C API tells whether a plugin speaks this program's version of it.

#pragma once

// gocir_fault loads a plugin's library, which then stays loaded, and looks at its table of functions. It returns NULL where
// that is what go-xla expects, else what is wrong with it, in at most size bytes.
const char *gocir_fault(const char *path, char *text, unsigned long size);
