package plugin

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// check finds the pinned wheels in from, a wheel or a folder of wheels, by their digests. The paths have the order of
// p.Wheels.
func (p Pin) check(from string) ([]string, error) {
	files := []string{from}
	info, err := os.Stat(from)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(from, "*.whl")); err != nil {
			return nil, err
		}
	}
	var found []string
	for _, wheel := range p.Wheels {
		file, err := wheel.among(files)
		if err != nil {
			return nil, err
		}
		found = append(found, file)
	}
	return found, nil
}

// among is the file that is the wheel. A wheel's file has its name and version, with _ for -.
func (w Wheel) among(files []string) (string, error) {
	start := strings.ReplaceAll(w.Name, "-", "_") + "-" + w.Version + "-"
	for _, file := range files {
		if len(files) == 1 || strings.HasPrefix(strings.ToLower(filepath.Base(file)), start) {
			return file, hasDigest(file, w.SHA256)
		}
	}
	return "", fmt.Errorf("there is no wheel %s...whl among %d files", start, len(files))
}

// unpack makes the plugin's folder of the wheels.
func (p Pin) unpack(ctx context.Context, wheels []string, folder string) error {
	for i, wheel := range wheels {
		if err := p.unpackWheel(ctx, p.Wheels[i], wheel, folder); err != nil {
			return fmt.Errorf("unpacking %s: %w", filepath.Base(wheel), err)
		}
	}
	for _, link := range p.Links {
		if err := os.Symlink(filepath.FromSlash(link.To), filepath.Join(folder, filepath.FromSlash(link.Name))); err != nil {
			return err
		}
	}
	if file, text := p.stamp(); file != "" {
		return os.WriteFile(filepath.Join(folder, filepath.FromSlash(file)), []byte(text), 0o644)
	}
	return nil
}

func (p Pin) unpackWheel(ctx context.Context, w Wheel, file, folder string) error {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer archive.Close()
	for _, member := range archive.File {
		name := p.target(w, member.Name)
		if name == "" || strings.HasSuffix(member.Name, "/") {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("%s would be written outside the folder", member.Name)
		}
		if err := errors.Join(ctx.Err(), extract(member, filepath.Join(folder, filepath.FromSlash(name)))); err != nil {
			return err
		}
	}
	return nil
}

// target is where a wheel's member goes in the plugin's folder; empty: nowhere.
func (p Pin) target(w Wheel, member string) string {
	switch {
	case member == p.Member:
		return p.Library
	case p.Keep != "" && strings.HasPrefix(member, p.Keep):
		return member
	case strings.Contains(member, ".dist-info/licenses/"), strings.Contains(member, ".dist-info/License"):
		if p.Licences == "" {
			return path.Base(member)
		}
		return path.Join(p.Licences, w.Name+"-"+w.Version, path.Base(member))
	}
	return ""
}

// extract writes a member of a wheel. What is a program for anybody there is one for all here, as pip has it.
func extract(member *zip.File, target string) (err error) {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	from, err := member.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	mode := os.FileMode(0o644)
	if member.Mode()&0o111 != 0 {
		mode = 0o755
	}
	to, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}

// firstPart is a path's first folder, or the name of a file without one.
func firstPart(slashed string) string {
	first, _, _ := strings.Cut(slashed, "/")
	return first
}
