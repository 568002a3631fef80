package plugin

// Supported is for tests: they run on one system only.
var Supported = supported
