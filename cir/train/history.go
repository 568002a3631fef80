package train

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"

	"gocir/atomicfile"
)

// A best is a checkpoint that is kept for being the best by a metric. UPSTREAM: the names, and that CIRR keeps four.
type best struct{ file, metric string }

// bests are the best checkpoints of a recipe, the one that counts first.
func bests(r Recipe) []best {
	stem, fashion := "tuned_blip", "tuned_blip_best"
	if r.Stage == Combiner {
		stem, fashion = "combiner", "combiner"
	}
	if r.Dataset == "fashioniq" {
		return []best{{fashion, "average recall"}}
	}
	return []best{
		{stem + "_mean", "mean(R@5, Rs@1)"},
		{stem + "_arithmetic", "arithmetic mean"},
		{stem + "_harmonic", "harmonic mean"},
		{stem + "_geometric", "geometric mean"},
	}
}

func lastName(r Recipe) string {
	switch r.Stage {
	case Combiner:
		return "combiner_last"
	case Contrastive:
		return "pretrained"
	}
	return "tuned_blip_last"
}

// writeHistory writes metrics.jsonl and the two tables anew.
func (r *Run) writeHistory(history []EpochRecord) error {
	var lines bytes.Buffer
	training := [][]string{{"epoch", "train_epoch_loss"}}
	var validation [][]string
	for _, record := range history {
		line, err := json.Marshal(record)
		if err != nil {
			return fmt.Errorf("writing %s: %w", r.Path("metrics.jsonl"), err)
		}
		lines.Write(append(line, '\n'))
		training = append(training, []string{strconv.Itoa(record.Epoch), number(record.Train.Loss)})
		validation = appendValidation(validation, record)
	}
	if err := atomicfile.WriteFile(r.Path("metrics.jsonl"), lines.Bytes()); err != nil {
		return err
	}
	if err := r.writeCSV("train_metrics.csv", training); err != nil || len(validation) == 0 {
		return err
	}
	return r.writeCSV("validation_metrics.csv", validation)
}

// appendValidation adds a row to the table, and its header to an empty one.
func appendValidation(table [][]string, record EpochRecord) [][]string {
	if record.Validation == nil {
		return table
	}
	header, row := []string{"epoch"}, []string{strconv.Itoa(record.Epoch)}
	for _, metric := range record.Validation.Original() {
		header, row = append(header, metric.Name), append(row, number(metric.Value))
	}
	if len(table) == 0 {
		table = append(table, header)
	}
	return append(table, row)
}

func (r *Run) writeCSV(name string, table [][]string) error {
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(table); err != nil {
		return fmt.Errorf("writing %s: %w", r.Path(name), err)
	}
	return atomicfile.WriteFile(r.Path(name), b.Bytes())
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
