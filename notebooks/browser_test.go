//go:build notebooks

package notebooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const token = "a-token-of-the-test"

// A jupyter is a running JupyterLab with one notebook, in a folder outside the project.
type jupyter struct {
	url string
	log *bytes.Buffer
}

// startLab copies a notebook without its outputs into a folder of its own and starts JupyterLab there, as `make lab` does.
func startLab(t *testing.T, path string) jupyter {
	t.Helper()
	dir, config := t.TempDir(), t.TempDir()
	blank(t, path, filepath.Join(dir, filepath.Base(path)))
	// JupyterLab takes cells out of the page that are not in view. A test looks at all of them.
	settings := filepath.Join(config, "lab", "user-settings", "@jupyterlab", "notebook-extension")
	if err := os.MkdirAll(settings, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(settings, "tracker.jupyterlab-settings"), []byte(`{"windowingMode": "none"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	j := jupyter{url: "http://" + freeAddress(t), log: new(bytes.Buffer)}
	_, port, _ := net.SplitHostPort(j.url[len("http://"):])
	c := python(t, "-m", "jupyter", "lab", "--allow-root", "--no-browser", "--ip=127.0.0.1", "--port="+port,
		"--ServerApp.port_retries=0", "--IdentityProvider.token="+token, "--notebook-dir="+dir, "--expose-app-in-browser")
	c.Env = append(c.Env, "JUPYTER_CONFIG_DIR="+config, "JUPYTER_DATA_DIR="+t.TempDir(), "JUPYTER_RUNTIME_DIR="+t.TempDir(), "IPYTHONDIR="+t.TempDir())
	c.Stdout, c.Stderr = j.log, j.log
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(c) })
	for range 300 {
		answer, err := http.Get(j.url + "/api/status?token=" + token)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return j
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("JupyterLab does not answer after 30 s:\n%s", j.log)
	return j
}

// stop ends JupyterLab, its kernels with it.
func stop(c *exec.Cmd) {
	done := make(chan struct{})
	go func() { _ = c.Wait(); close(done) }()
	_ = syscall.Kill(-c.Process.Pid, syscall.SIGTERM)
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		<-done
	}
}

// blank copies a notebook without its outputs.
func blank(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	var n map[string]any
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatal(err)
	}
	for _, c := range n["cells"].([]any) {
		if c := c.(map[string]any); c["cell_type"] == "code" {
			c["outputs"], c["execution_count"] = []any{}, nil
		}
	}
	if data, err = json.Marshal(n); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// freeAddress is one of this machine alone that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// browser is a tab of headless Chromium.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.WindowSize(1300, 1600), chromedp.Flag("disable-quic", true))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's own rule for root
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(t.Context(), options...)
	tab, cancelTab := chromedp.NewContext(allocator)
	t.Cleanup(func() { cancelTab(); cancelAllocator() })
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("starting Chromium, which has to be on the PATH: %v", err)
	}
	return tab
}

type step = chromedp.Action[chromedp.Void]

// open opens the notebook and waits for its kernel.
func open(t *testing.T, tab context.Context, j jupyter, name string) {
	t.Helper()
	// JupyterLab does not learn that GoNB's kernel is idle before the first cell has run.
	const connected = `[...window.jupyterapp.shell.widgets("main")].some((w) => w.sessionContext?.isReady && w.sessionContext.session?.kernel?.connectionStatus === "connected")`
	do(t, tab, j, "opening", chromedp.Navigate(fmt.Sprintf("%s/lab/tree/%s?token=%s", j.url, name, token)),
		until(`document.querySelector(".jp-Notebook .jp-CodeCell")`), until(connected))
}

// runAll is what the menu's Run All Cells does.
const runAll = `window.jupyterapp.commands.execute("notebook:run-all-cells")`

// do runs steps, and where one fails says which. What the page looks like then is kept in $GOCIR_SCREENSHOTS, if set.
func do(t *testing.T, tab context.Context, j jupyter, what string, steps ...step) {
	t.Helper()
	limited, cancel := context.WithTimeout(tab, 8*time.Minute) // the first cell of all draws and pretrains
	defer cancel()
	err := chromedp.Do(limited, steps...)
	if dir := os.Getenv("GOCIR_SCREENSHOTS"); dir != "" {
		if picture, err := chromedp.Run(tab, chromedp.CaptureScreenshot()); err == nil {
			_ = os.WriteFile(filepath.Join(dir, what+".png"), picture, 0o644)
		}
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", what, err, j.log)
	}
}

// script runs JavaScript for its effect.
func script(code string) step {
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Evaluate[bool]("(() => { "+code+"; return true })()")(ctx, tab)
		return chromedp.Void{}, err
	}
}

// until waits for a condition in JavaScript.
func until(condition string) step {
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		for {
			met, err := chromedp.Evaluate[bool]("Boolean("+condition+")")(ctx, tab)
			if err != nil || met {
				return chromedp.Void{}, err
			}
			select {
			case <-ctx.Done():
				return chromedp.Void{}, fmt.Errorf("waiting for %s: %w", condition, ctx.Err())
			case <-time.After(200 * time.Millisecond):
			}
		}
	}
}

// A person opens a notebook in JupyterLab and runs its cells: the plots appear. Then the widgets answer: a click searches,
// Enter after other words searches again, and "done" ends the cell and keeps the answer.
func TestWidgetsInTheBrowser(t *testing.T) {
	const (
		caption = `input[aria-label="relative caption"]`
		answer  = `img[alt="what the query found"]`
		plot    = `.jp-OutputArea-output img[src^="data:image/png"]`
		button  = `[...document.querySelectorAll("button")].find((b) => b.textContent === %q)`
	)
	query := func(css string) string { return fmt.Sprintf("document.querySelector(`%s`)", css) }
	j := startLab(t, "07-your-images.ipynb")
	tab := browser(t)
	open(t, tab, j, "07-your-images.ipynb")
	do(t, tab, j, "running", script(runAll),
		until(query(plot)), until(query(caption)+" && "+fmt.Sprintf(button, "done")))
	do(t, tab, j, "clicking", chromedp.ScrollIntoView(chromedp.CSS(caption)), chromedp.Click(`//button[text()="search"]`),
		until(query(answer)), script("window.before = "+query(answer)+".src"))
	do(t, tab, j, "typing", chromedp.Click(chromedp.CSS(caption)), script(query(caption)+".select()"),
		chromedp.KeyEvent("put a black car on the right side"), chromedp.KeyEvent(kb.Enter),
		until(query(answer)+".src !== window.before"), script("window.before = "+query(answer)+".src"))
	do(t, tab, j, "ending", chromedp.Click(`//button[text()="done"]`), until("!"+query(caption)),
		until(`[...document.querySelectorAll("`+strings.ReplaceAll(plot, `"`, `'`)+`")].some((i) => i.src === window.before)`))
	cells, err := chromedp.Run(tab, chromedp.Evaluate[int](`document.querySelectorAll(".jp-Notebook .jp-CodeCell").length`))
	if want := len(read(t, "07-your-images.ipynb").code()); err != nil || cells != want {
		t.Errorf("%d code cells after typing, there were %d (%v): keys reached the notebook", cells, want, err)
	}
}

// A training shows a bar while it runs, which is gone when it has ended.
func TestProgressBarInTheBrowser(t *testing.T) {
	j := startLab(t, write(t, "training", start(t), trainingCell(true, "MaxSteps=30", `fmt.Println("trained", len(links))`)))
	tab := browser(t)
	const bar = `[...document.querySelectorAll(".jp-OutputArea-output")].some((o) => o.querySelector("progress") && /training: \d+ of \d+/.test(o.textContent))`
	open(t, tab, j, "training.ipynb")
	do(t, tab, j, "training", script(runAll), until(bar))
	do(t, tab, j, "trained", until(`[...document.querySelectorAll(".jp-OutputArea-output")].some((o) => o.textContent.startsWith("trained"))`),
		until(`!document.querySelector(".jp-OutputArea-output progress")`))
}
