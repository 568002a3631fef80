package nb

import (
	"fmt"
	"html"
	"os"
	"time"

	"github.com/janpfeifer/gonb/gonbui"

	"gocir/lab"
)

// Live tells whether somebody is there to use a widget. It is false where notebooks are run by a program, which would
// wait for a click for ever.
func Live() bool { return gonbui.IsNotebook && os.Getenv("GOCIR_HEADLESS") == "" }

// Progress is a bar in the cell's output, ten times a second at most. At the end it goes away, so that a cell that
// finds its work done leaves the same output as one that does it.
func Progress() lab.Watch {
	id := "progress_" + gonbui.UniqueId()
	var begun, shown time.Time
	var part string
	return func(what string, done, total int) {
		now := time.Now()
		if what != part {
			part, begun, shown = what, now, time.Time{}
		}
		switch {
		case done >= total && !shown.IsZero():
			gonbui.UpdateHTML(id, "")
			gonbui.Sync()
			shown = time.Time{}
		case done < total && now.Sub(shown) >= 100*time.Millisecond:
			gonbui.UpdateHTML(id, bar(what, done, total, now.Sub(begun)))
			shown = now
		}
	}
}

func bar(what string, done, total int, taken time.Duration) string {
	left := ""
	if done > 0 && taken > 2*time.Second {
		left = fmt.Sprintf(", %.0f s left", taken.Seconds()/float64(done)*float64(total-done))
	}
	return fmt.Sprintf(`<progress value="%d" max="%d"></progress> %s: %d of %d%s`, done, total, html.EscapeString(what), done, total, left)
}
