package main

import (
	"fmt"
	"path/filepath"

	"gocir/cir/backend"
	"gocir/cir/backend/plugin"
)

type setupCommand struct {
	Device string `enum:"auto,cpu,cuda" default:"auto" placeholder:"NAME" help:"What the plugin computes on: cpu, cuda (NVIDIA), or auto, which is cuda where there is an NVIDIA GPU. cpu downloads 60 MB, cuda 2.3 GB." eg:"-device cpu"`
	From   string `placeholder:"FILE" help:"Take the wheel from this file, or the wheels from this folder, and download nothing. They must be the pinned ones." otherwise:"python3 -m pip fetches them" eg:"-from wheels"`
	Dir    string `placeholder:"DIR" help:"Folder for the plugin. Programs find one there only by -backend xla:/its/path." otherwise:"the user's, ~/.local/share/gocir or gocir in $XDG_DATA_HOME" eg:"-dir /opt/gocir/pjrt"`
	Local  bool   `help:"Install into .local of the project that this folder is in." otherwise:"off" eg:"-local"`
	Check  bool   `help:"Install nothing: read what is installed, the first that is found unless -dir or -local says where, compare it with the pinned SHA-256, and try it." otherwise:"off" eg:"-check"`
}

// Run installs a plugin and tries it. Its last line is the plugin's path.
func (c *setupCommand) Run(a *app) error {
	pin := c.pin()
	folder, err := c.folder(pin)
	if err != nil {
		return err
	}
	if !backend.LoadsPlugins {
		return fmt.Errorf("this program was built without cgo and can load no plugin: build it with CGO_ENABLED=1 and a C compiler, or go on with pure Go, which needs none")
	}
	if c.Check {
		err = c.verify(pin, folder)
	} else {
		err = c.install(a, pin, folder)
	}
	if err != nil {
		return err
	}
	if err := tried(a, pin, folder); err != nil {
		return err
	}
	if c.Dir != "" {
		a.logf("programs find it there by -backend xla:%s, or with GOMLX_BACKEND set to that", pin.Path(folder))
	}
	_, err = fmt.Fprintln(a.stdout, pin.Path(folder))
	return err
}

// pin is the plugin that is asked for.
func (c *setupCommand) pin() plugin.Pin {
	if c.Device == "cuda" || c.Device == "auto" && plugin.HasNVIDIA() {
		return plugin.CUDA
	}
	return plugin.CPU
}

// folder is the plugin's own folder, as an absolute path.
func (c *setupCommand) folder(pin plugin.Pin) (string, error) {
	if c.Dir != "" && c.Local {
		return "", misuse("-dir and -local name two folders: leave one out")
	}
	if c.Dir != "" {
		return filepath.Abs(c.Dir)
	}
	if found := plugin.Installed(plugin.Roots("."), pin); c.Check && !c.Local && len(found) > 0 {
		return found[0].Folder, nil
	}
	root := plugin.UserRoot()
	if c.Local {
		if root = plugin.ProjectRoot("."); root == "" {
			return "", misuse("-local is for a folder of this project, and this is none: its go.mod is in no folder above")
		}
	}
	if root == "" {
		return "", misuse("neither HOME nor XDG_DATA_HOME is set: say where with -dir DIR")
	}
	return filepath.Join(root, pin.Folder), nil
}

// install installs the plugin, if it is not there.
func (c *setupCommand) install(a *app, pin plugin.Pin, folder string) error {
	a.kept = "Nothing was installed."
	installed, err := pin.Install(a, folder, plugin.Options{
		From: c.From, Say: func(line string) { a.logf("%s", line) }, Diary: a.stderr,
	})
	if err != nil {
		return fmt.Errorf("%w (without a plugin all works on pure Go)", err)
	}
	a.kept = "The plugin is installed, and was not tried."
	if installed {
		a.logf("installed the %s plugin, version %s", pin.Device, pin.Version)
	} else {
		a.logf("the %s plugin, version %s, is there already, with the pinned SHA-256", pin.Device, pin.Version)
	}
	return nil
}

func (c *setupCommand) verify(pin plugin.Pin, folder string) error {
	if err := pin.Verify(folder); err != nil {
		return fmt.Errorf("checking the %s plugin: %w (`cir setup -device %s` installs it)", pin.Device, err, pin.Device)
	}
	return nil
}

// tried loads the plugin in a process of its own and computes with it.
func tried(a *app, pin plugin.Pin, folder string) error {
	if pin.Device == "cuda" && !plugin.HasNVIDIA() {
		a.logf("it was not tried: this machine shows no NVIDIA GPU")
		return nil
	}
	probed, err := probe(a, "xla:"+pin.Path(folder))
	if err != nil {
		return fmt.Errorf("the plugin is installed and does not work here: %w", err)
	}
	a.logf("it works: its product of two matrices is %.2g from that of pure Go", probed.Difference)
	return nil
}
