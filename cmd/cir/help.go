package main

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/alecthomas/kong"
)

type helpCommand struct {
	Command []string `arg:"" optional:"" help:"Command to explain, such as train or data check."`
}

// Run explains a command, or lists all.
func (c *helpCommand) Run(a *app) error {
	node := a.parser.Model.Node
	for _, word := range c.Command {
		next := slices.IndexFunc(node.Children, func(child *kong.Node) bool { return child.Name == word })
		if next < 0 {
			return misuse("no command %q; there are %s", word, strings.Join(commandNames(node), ", "))
		}
		node = node.Children[next]
	}
	return explain(a.stdout, node)
}

func commandNames(node *kong.Node) []string {
	var names []string
	for _, child := range node.Children {
		if !child.Hidden {
			names = append(names, child.Name)
		}
	}
	return names
}

// explain writes what a command does, what it is made of and an example.
func explain(w io.Writer, node *kong.Node) error {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	path := strings.TrimSpace("cir " + strings.TrimPrefix(node.Path(), "cir"))
	if path == "cir" {
		fmt.Fprintln(table, "cir: composed image retrieval. A reference image and a text that changes it find the target image.")
	} else {
		fmt.Fprintln(table, node.Help)
	}
	fmt.Fprintf(table, "\nusage: %s%s\n\n", path, usage(node))
	for _, child := range node.Children {
		if !child.Hidden {
			fmt.Fprintf(table, "  %s\t%s\n", child.Name, child.Help)
		}
	}
	for _, argument := range node.Positional {
		fmt.Fprintf(table, "  %s\t%s\n", strings.ToUpper(argument.Name), argument.Help)
	}
	for _, flag := range node.Flags {
		explainFlag(table, flag)
	}
	if example := node.Tag.Get("eg"); example != "" {
		fmt.Fprintf(table, "\nexample: %s\n", example)
	}
	if len(node.Children) > 0 {
		fmt.Fprintf(table, "\n`%s COMMAND` shows the flags of a command.\n", strings.Replace(path, "cir", "cir help", 1))
	}
	table.Flush() // into memory, where nothing fails
	_, err := io.WriteString(w, text.String())
	return err
}

func usage(node *kong.Node) string {
	line := ""
	if len(node.Children) > 0 {
		line += " COMMAND"
	}
	if len(node.Flags) > 0 {
		line += " [FLAGS]"
	}
	for _, argument := range node.Positional {
		name := strings.ToUpper(argument.Name)
		if !argument.Required {
			name = "[" + name + "]"
		}
		line += " " + name
	}
	return line
}

// explainFlag writes a flag on three lines at most: what it is, what holds without it, an example.
func explainFlag(w io.Writer, flag *kong.Flag) {
	name := "-" + flag.Name
	if !isSwitch(flag) {
		name += " " + flag.PlaceHolder
	}
	for _, alias := range flag.Aliases {
		name += ", -" + alias
	}
	otherwise := flag.Tag.Get("otherwise")
	switch {
	case flag.Required:
		otherwise = "needed"
	case otherwise == "":
		otherwise = flag.Default
	}
	fmt.Fprintf(w, "  %s\t%s\n  \tdefault: %s; for example %s\n", name, flag.Help, otherwise, flag.Tag.Get("eg"))
}

// isSwitch reports whether a flag needs no value.
func isSwitch(flag *kong.Flag) bool {
	t := flag.Target.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Bool
}
