package main

import (
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Every command has an example, every flag an example, a default and, where it takes a value, the value's unit.
func TestHelpIsComplete(t *testing.T) {
	parser, err := kong.New(&commands{}, kong.Name("cir"), kong.NoDefaultHelp())
	if err != nil {
		t.Fatal(err)
	}
	dir, flags := t.TempDir(), 0
	for _, node := range parser.Model.Leaves(false) {
		path := strings.Fields(strings.TrimPrefix(node.Path(), "cir"))
		o := runIn(t, dir, append([]string{"help"}, path...)...)
		o.want(t, 0, node.Help, "example: cir "+path[0])
		for _, flag := range node.Flags {
			flags++
			o.want(t, 0, "  -"+flag.Name, flag.Help)
			if flag.Help == "" || !strings.HasPrefix(flag.Tag.Get("eg"), "-"+flag.Name) || flag.Tag.Get("otherwise") == "" && flag.Default == "" && !flag.Required {
				t.Errorf("%s: -%s lacks help, default or example", node.Path(), flag.Name)
			}
			if !isSwitch(flag) && flag.PlaceHolder == "" {
				t.Errorf("%s: -%s does not say what it takes", node.Path(), flag.Name)
			}
		}
		if asked := runIn(t, dir, append(path, "-h")...); asked.stdout != o.stdout {
			t.Errorf("%v -h shows something else than help %v", path, path)
		}
	}
	if flags < 60 {
		t.Errorf("%d flags were looked at", flags)
	}
	runIn(t, dir, "help").want(t, 0, "train", "verify")
}

// A panic becomes one line that asks for a report.
func TestPanicIsAnError(t *testing.T) {
	err := safely([]string{"train", "-print"}, func() error { return []error{}[len(os.Args)] })
	if err == nil || !strings.Contains(err.Error(), "please report it") || !strings.Contains(err.Error(), "cir train -print") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}

// A flag may be written with one dash or two; values and what follows -- are left alone.
func TestRewrite(t *testing.T) {
	for _, c := range [][2]string{
		{"train -recipe x --data y", "train --recipe x --data y"},
		{"train -set A=-b -seed -1", "train --set A=-b --seed -1"},
		{"verify -- -odd", "verify -- -odd"},
		{"data check -dataset cirr -h", "help data check"},
		{"--help", "help"},
	} {
		if got := strings.Join(rewrite(strings.Fields(c[0])), " "); got != c[1] {
			t.Errorf("%q becomes %q, want %q", c[0], got, c[1])
		}
	}
}
