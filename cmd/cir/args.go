package main

import (
	"regexp"
	"slices"
	"strings"
)

// rewrite makes of a user's arguments what the parser knows: flags have one dash here, as the go command's, and may
// have two; -h and -help, wherever they are, ask for the command's help.
func rewrite(args []string) []string {
	words := args
	if first := slices.IndexFunc(args, isFlag); first >= 0 {
		words = args[:first]
	}
	out := make([]string, 0, len(args)+1)
	for i, arg := range args {
		switch {
		case arg == "--":
			return append(out, args[i:]...)
		case arg == "-h" || arg == "-help" || arg == "--help":
			return append([]string{"help"}, words...)
		case isFlag(arg) && !strings.HasPrefix(arg, "--"):
			arg = "-" + arg
		}
		out = append(out, arg)
	}
	return out
}

var flagStart = regexp.MustCompile(`^--?[A-Za-z]`)

func isFlag(arg string) bool { return flagStart.MatchString(arg) }

var doubleDash = regexp.MustCompile(`--([a-z])`)

// singleDash writes the parser's messages with flags as users write them.
func singleDash(message string) string {
	return doubleDash.ReplaceAllString(message, "-$1")
}
