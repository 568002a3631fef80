package backend

import "testing"

// Two kinds of cores in one machine, as /proc/cpuinfo describes them; and a system that says nothing.
func TestProcessor(t *testing.T) {
	const text = "processor\t: 0\nmodel name\t: Big\nflags\t\t: avx2 fma\n\nprocessor\t: 1\nmodel name\t: Big\nflags\t\t: avx2 fma\n\n" +
		"processor\t: 2\nmodel name\t: Little\nflags\t\t: avx2\nbugs\t\t: none\n"
	if name, instructions := processor(text); name != "Big; Little" || instructions != "avx2; avx2 fma" {
		t.Errorf("%q, %q", name, instructions)
	}
	if name, instructions := processor(""); name != "" || instructions != "" {
		t.Errorf("%q, %q", name, instructions)
	}
}
