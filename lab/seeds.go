package lab

import (
	"context"

	"gocir/cir/report"
)

// RunSeeds trains each chain with so many seeds, from 0 on, as RunChains does. It gives a row for each chain: its name,
// and what its last training measures with each seed. So the runs of two rows are paired, seed by seed, as Change wants
// them.
func (w *Workbench) RunSeeds(ctx context.Context, what string, seeds int, chains ...Chain) ([]report.Measured, error) {
	var seeded []Chain
	for _, c := range chains {
		for seed := range seeds {
			seeded = append(seeded, c.Seeded(seed))
		}
	}
	links, err := w.RunChains(ctx, what, seeded)
	if err != nil {
		return nil, err
	}
	rows := make([]report.Measured, len(chains))
	for i, c := range chains {
		rows[i].Name = c.Name
		for _, l := range links[i*seeds : (i+1)*seeds] {
			rows[i].Runs = append(rows[i].Runs, l[len(l)-1].Result)
		}
	}
	return rows, nil
}
