package main

import (
	"fmt"

	"gocir/checkpoints"
	"gocir/models"
)

type inspectCommand struct {
	File string `arg:"" help:"Checkpoint: .pt, .pth or safetensors; what it is is found by its content."`

	plainFormat `embed:""`
}

// inspected is what the command tells.
type inspected struct {
	*checkpoints.Summary
	SHA1     string           `json:"sha1"`
	Released *models.Released `json:"released,omitempty"`
}

// Run inspects.
func (c *inspectCommand) Run(a *app) error {
	checkpoint, err := checkpoints.Open(c.File)
	if err != nil {
		return err
	}
	defer checkpoint.Close()
	found := inspected{}
	if found.Summary, err = checkpoint.Describe(); err != nil {
		return err
	}
	if found.SHA1, err = checkpoints.SHA1(c.File); err != nil {
		return err
	}
	if released, ok := models.FindReleased(found.SHA1); ok {
		found.Released = &released
	}
	if c.Format == "json" {
		return a.printJSON(found)
	}
	if err := found.WriteTable(a.stdout); err != nil {
		return err
	}
	release := "not one of the released files"
	if found.Released != nil {
		release = fmt.Sprintf("released as %s (%s, %s)", found.Released.File, found.Released.Dataset, found.Released.Part)
	}
	_, err = fmt.Fprintf(a.stdout, "SHA-1 %s: %s\n", found.SHA1, release)
	return err
}
