package models

// Released is a checkpoint that the authors of Bi-BLIP4CIR published.
type Released struct {
	Dataset string `json:"dataset"` // fashioniq or cirr
	Part    string `json:"part"`    // text encoder or Combiner
	File    string `json:"file"`    // its name there
	SHA1    string `json:"sha1"`
}

// ReleasedCheckpoints are the four released files; source: the README of github.com/Cuberick-Orion/Bi-Blip4CIR.
var ReleasedCheckpoints = []Released{
	{"fashioniq", "Combiner", "combiner.pt", "4a1ba45bf52033c245c420b30873f68bc8e60732"},
	{"fashioniq", "text encoder", "tuned_blip_best.pt", "80f0db536f588253fca416af83cb50fab709edda"},
	{"cirr", "Combiner", "combiner_mean.pt", "327703361117400de83936674d5c3032af37bd7a"},
	{"cirr", "text encoder", "tuned_blip_mean.pt", "67dca8a1905802cfd4cd02f640abb0579f1f88fd"},
}

// FindReleased says which released file has that SHA-1, in hexadecimal.
func FindReleased(sha1 string) (Released, bool) {
	for _, released := range ReleasedCheckpoints {
		if released.SHA1 == sha1 {
			return released, true
		}
	}
	return Released{}, false
}

// Published is one row of the paper's results, in percent. Metrics that the sources don't give are absent.
type Published struct {
	System  string             `json:"system"`
	Dataset string             `json:"dataset"`
	Split   string             `json:"split"`
	Metrics map[string]float64 `json:"metrics"` // by eval's names; FashionIQ's with the category before them
	Source  string             `json:"source"`
}

// PublishedResults are the results of the paper, as repeated by later papers and leaderboards. FashionIQ is on the
// full split's gallery with the reference kept.
var PublishedResults = []Published{
	{"BLIP4CIR (forward only)", "fashioniq", "val", map[string]float64{
		"dress R@10": 40.65, "dress R@50": 66.34, "shirt R@10": 40.38, "shirt R@50": 64.13,
		"toptee R@10": 46.86, "toptee R@50": 69.91, "R@10": 42.63, "R@50": 66.79,
	}, "arXiv 2303.16604 (one source)"},
	{"Bi-BLIP4CIR", "fashioniq", "val", map[string]float64{
		"dress R@10": 42.09, "dress R@50": 67.33, "shirt R@10": 41.76, "shirt R@50": 64.28,
		"toptee R@10": 46.61, "toptee R@50": 70.32, "R@10": 43.49, "R@50": 67.31,
	}, "arXiv 2303.16604"},
	{"BLIP4CIR (forward only)", "cirr", "test1", map[string]float64{
		"R@1": 40.17, "R@5": 71.81, "R@10": 83.18, "R@50": 95.69,
	}, "arXiv 2303.16604"},
	{"Bi-BLIP4CIR", "cirr", "test1", map[string]float64{
		"R@1": 40.15, "R@5": 73.08, "R@10": 83.88, "R@50": 96.27,
		"Rs@1": 72.10, "Rs@2": 88.27, "Rs@3": 95.93, "mean(R@5, Rs@1)": 72.59,
	}, "arXiv 2303.16604 (Rs@2 and Rs@3: one source)"},
}
