package reports

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"tcmdse/results"
)

// WriteCSV writes one file a table into a folder, which is made where it is missing: candidates.csv, layers.csv and
// components.csv with all rows of the sweep that d was read from, in constant memory from the same store; mappings.csv of
// the front; front.csv, the rows of sheet Front; and mean.csv, the front over several workloads. Numbers have all their
// digits. A text that a spreadsheet would take for a formula gets an apostrophe before it (inert.go).
func WriteCSV(ctx context.Context, dir string, s *results.Store, d *Data) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var all columns
	err := s.EachParamText(ctx, d.Sweep.ID, func(path, text string) error { all.add(path, text); return nil })
	if err != nil {
		return err
	}
	ps := newParamCells(all.list)
	of, err := s.Order(ctx, d.Sweep.ID)
	if err != nil {
		return err
	}
	skips := d.skips()
	files := []csvTable{
		{"candidates", candidateHeader(ps.columns, skips), func(put func([]any) error) error {
			return eachCandidate(ctx, s, d, func(c *results.CandidateRow) error { return put(candidateCells(c, ps, skips)) })
		}},
		{"layers", layerHeader(), func(put func([]any) error) error {
			return eachWorkload(d, func(name string) error {
				return s.LayersOf(ctx, results.Part{Workload: name, Of: of}, func(l results.LayerRow) error { return put(layerCells(&l)) })
			})
		}},
		{"components", componentHeader(), func(put func([]any) error) error {
			return eachWorkload(d, func(name string) error {
				return s.ComponentsOf(ctx, results.Part{Workload: name, Of: of}, func(k results.ComponentRow) error { return put(componentCells(&k)) })
			})
		}},
		d.mappings().csv(), d.fronts().csv(),
	}
	if d.Mean != nil {
		files = append(files, d.meanFront().csv())
	}
	for _, t := range files {
		if err := writeCSV(filepath.Join(dir, t.name+".csv"), t); err != nil {
			return err
		}
	}
	return nil
}

// csvTable is a table whose rows are made while it is written.
type csvTable struct {
	name   string
	header []string
	rows   func(put func([]any) error) error
}

func (t sheetRows) csv() csvTable {
	return csvTable{strings.ToLower(t.name), t.header, func(put func([]any) error) error {
		for row := range t.rows {
			if err := put(row); err != nil {
				return err
			}
		}
		return nil
	}}
}

func eachWorkload(d *Data, f func(name string) error) error {
	for i := range d.Workloads {
		if err := f(d.Workloads[i].Name); err != nil {
			return err
		}
	}
	return nil
}

// eachCandidate reads all candidates with their parameters, some at a time.
func eachCandidate(ctx context.Context, s *results.Store, d *Data, f func(*results.CandidateRow) error) error {
	const some = 1000
	var batch []results.CandidateRow
	flush := func() error {
		if err := s.AddParams(ctx, batch); err != nil {
			return err
		}
		for i := range batch {
			if err := f(&batch[i]); err != nil {
				return err
			}
		}
		batch = batch[:0]
		return nil
	}
	return eachWorkload(d, func(name string) error {
		err := s.EachCandidate(ctx, d.Sweep.ID, name, func(c results.CandidateRow) error {
			if batch = append(batch, c); len(batch) < some {
				return nil
			}
			return flush()
		})
		if err != nil {
			return err
		}
		return flush()
	})
}

// writeCSV writes a file whole or not at all. It replaces what is there rather than write into it: a link of that name, which somebody
// else may have put into a shared folder, leads elsewhere.
func writeCSV(path string, t csvTable) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".tcmdse-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	w := csv.NewWriter(f)
	out := make([]string, len(t.header))
	for i, h := range t.header {
		out[i] = csvField(h)
	}
	w.Write(out) // errors stay with the writer and come with the next row or Flush
	err = t.rows(func(row []any) error {
		for i, x := range row {
			out[i] = csvField(x)
		}
		return w.Write(out)
	})
	if err != nil {
		return err
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// csvField writes numbers in full and keeps text from being read as a formula by a spreadsheet.
func csvField(x any) string {
	switch v := x.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		return inertParts(v)
	}
	return fmt.Sprint(x)
}
