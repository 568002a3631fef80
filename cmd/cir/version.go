package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints versions.
func (c *versionCommand) Run(a *app) error {
	_, err := fmt.Fprintln(a.stdout, versionLine())
	return err
}

func versionLine() string {
	version, with := "(devel)", builtWith()
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	line := fmt.Sprintf("gocir %s, %s, %s", version, with["go"], with["system"])
	if commit := with["commit"]; commit != "" {
		line += ", commit " + commit
	}
	if experiment := with["GOEXPERIMENT"]; experiment != "" {
		line += ", GOEXPERIMENT=" + experiment
	}
	return line
}

// builtWith is what the program was built from, and where it runs.
func builtWith() map[string]string {
	about := map[string]string{
		"go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH, "cores": fmt.Sprint(runtime.NumCPU()),
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return about
	}
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			about["commit"] = setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			about["changed"] = "since the commit"
		case setting.Key == "GOEXPERIMENT":
			about[setting.Key] = setting.Value
		}
	}
	return about
}
