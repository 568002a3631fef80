package nb

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"github.com/gomlx/compute"
	"github.com/janpfeifer/must"

	"gocir/cir/backend"
	"gocir/cir/train"
	"gocir/lab"
)

// Images is how many pictures the notebooks' wardrobe has. Two thirds are garments in FashionIQ's format, the others
// scenes in CIRR's.
const Images = 4000

// Work is the folder of all that the notebooks make: data, runs, cached embeddings. It is $GOCIR_WORK, or
// notebooks/work in the project's folder. To begin from nothing, delete it.
func Work() string { return place("GOCIR_WORK", "notebooks", "work") }

// place is the folder that a variable names, else one of the project's.
func place(variable string, parts ...string) string {
	if dir := os.Getenv(variable); dir != "" {
		return dir
	}
	root := os.Getenv("GOCIR") // set by the project's kernel
	if root == "" {
		root = filepath.Join(os.Getenv("GONB_DIR"), "..") // another GoNB kernel, started in the notebooks' folder
	}
	return filepath.Join(append([]string{root}, parts...)...)
}

// Backend is the backend that GOMLX_BACKEND names, or the best that is there. It is opened once a cell.
var Backend = sync.OnceValue(func() compute.Backend {
	b, _, err := backend.Open("")
	must.M(err)
	return b
})

// Bench is the workbench of all notebooks: a drawn data set and a tiny BLIP pretrained on it. The first call of all
// draws and trains, about a minute and a half on two cores; later ones, also in other notebooks and on other days, find
// it done. Trainings are kept there too, and taken up again by whoever asks for the same one: set Anew to train again.
var Bench = sync.OnceValue(func() *lab.Workbench {
	w, err := lab.OpenWorkbench(context.Background(), lab.WorkbenchOptions{
		Dir: Work(), Backend: Backend(), Images: Images, Watch: Progress(),
	})
	must.M(err)
	return w
})

// Train trains one recipe after the other, each from the best checkpoint of the one before, and measures each on the
// val split; see lab.Workbench.RunChain. A bar shows the steps.
func Train(recipes ...train.Recipe) []lab.Link {
	w := Bench()
	watch := Progress()
	links, err := w.RunChain(context.Background(), lab.Chain{Name: "training", Recipes: recipes}, func(p train.Progress) {
		watch("training", p.Epoch*p.Steps+p.Step, p.Epochs*p.Steps)
	})
	watch("training", 1, 1) // ends the bar, also of a training that stopped before its last epoch
	must.M(err)
	return links
}

// Weights is the folder of released weights, $GOCIR_WEIGHTS or models/weights in the project's folder; Data is that of the
// public data sets, $GOCIR_DATA or datasets/data. Either may be absent.
func Weights() string { return place("GOCIR_WEIGHTS", "models", "weights") }

// Data is described at Weights.
func Data() string { return place("GOCIR_DATA", "datasets", "data") }
