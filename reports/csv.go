package reports

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// WriteCSV writes one file a table into a folder, which is made where it is missing: candidates.csv, layers.csv,
// components.csv, mappings.csv, and front.csv as the view front has it. Numbers have all their digits. A text that a
// spreadsheet would take for a formula gets an apostrophe before it.
func WriteCSV(dir string, d *Data) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, t := range append(d.tables(), d.fronts()) {
		if err := writeCSV(filepath.Join(dir, strings.ToLower(t.name)+".csv"), t); err != nil {
			return err
		}
	}
	return nil
}

func writeCSV(path string, t sheetRows) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	head := make([]string, len(t.header))
	for i, h := range t.header {
		head[i] = csvField(h)
	}
	w.Write(head) // errors stay with the writer until Flush
	for row := range t.rows {
		out := make([]string, len(row))
		for i, x := range row {
			out[i] = csvField(x)
		}
		w.Write(out)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return f.Close()
}

// csvField writes numbers in full and keeps text from being read as a formula by a spreadsheet.
func csvField(x any) string {
	switch v := x.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		if v != "" && strings.IndexByte("=+-@\t\r", v[0]) >= 0 {
			return "'" + v
		}
		return v
	}
	return fmt.Sprint(x)
}
