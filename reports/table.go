package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"tcmdse/internal/unit"
)

// WriteFrontTable writes the fronts for a terminal: one row a design, three significant digits.
func WriteFrontTable(w io.Writer, d *Data) error {
	for i := range d.Workloads {
		wl := &d.Workloads[i]
		ok := wl.statuses()[0].n
		fmt.Fprintf(w, "%s on %s: %d of %d candidates on the front of area and EDP (%d mapped)\n",
			wl.Name, d.Sweep.Arch, len(wl.Front), len(wl.Candidates), ok)
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		head := append([]string{"area/mm2", "EDP/Js", "energy", "latency", "bound by"}, wl.shownPaths()...)
		fmt.Fprintln(tw, strings.Join(head, "\t")+"\t")
		limits := wl.bottlenecks()
		for _, at := range wl.Front {
			c := &wl.Candidates[at]
			row := []string{fmt.Sprintf("%.3g", c.AreaMM2), fmt.Sprintf("%.3g", c.EDPJs), unit.Format(c.EnergyJ, unit.Joule),
				seconds(c.LatencyS), limits[c.ID]}
			for _, path := range wl.shownPaths() {
				for _, p := range c.Params {
					if p.Path == path {
						row = append(row, p.Text)
					}
				}
			}
			fmt.Fprintln(tw, strings.Join(row, "\t")+"\t")
		}
		if err := tw.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func seconds(s float64) string {
	return strings.TrimSuffix(unit.Format(s, unit.Joule), "J") + "s"
}

// shownPaths leaves out of the terminal's table the costs that follow a size (energies, leakage, areas).
func (w *Workload) shownPaths() []string {
	var out []string
	for _, p := range w.paths() {
		if !strings.HasSuffix(p, ".energy") && !strings.HasSuffix(p, ".leakage") && !strings.HasSuffix(p, ".area") {
			out = append(out, p)
		}
	}
	return out
}

// sheetRows is a table as CSV files and sheets share it: a header and rows of strings and numbers.
type sheetRows struct {
	name   string
	header []string
	rows   func(yield func([]any) bool)
	n      int
}

// tables lists the long tables of a report.
func (d *Data) tables() []sheetRows {
	return []sheetRows{d.candidates(), d.layers(), d.components(), d.mappings()}
}

func (d *Data) candidates() sheetRows {
	t := sheetRows{name: "Candidates", header: []string{"workload", "candidate", "on front", "status", "reason", "area/mm2",
		"energy/J", "latency/s", "EDP/Js"}}
	ps := d.params()
	for _, p := range ps {
		t.header = append(t.header, p.header)
	}
	for i := range d.Workloads {
		t.n += len(d.Workloads[i].Candidates)
	}
	t.rows = func(yield func([]any) bool) {
		for i := range d.Workloads {
			for _, c := range d.Workloads[i].Candidates {
				front := "no"
				if c.OnFront {
					front = "yes"
				}
				row := []any{c.Workload, c.Index, front, c.Status, c.Reason, c.AreaMM2}
				if c.Status == "ok" {
					row = append(row, c.EnergyJ, c.LatencyS, c.EDPJs)
				} else {
					row = append(row, nil, nil, nil)
				}
				for k, p := range c.Params {
					row = append(row, ps[k].cell(p))
				}
				if !yield(row) {
					return
				}
			}
		}
	}
	return t
}

func (d *Data) layers() sheetRows {
	t := sheetRows{name: "Layers", header: []string{"workload", "candidate", "layer", "count", "energy/J", "latency/s", "EDP/Js",
		"MACs", "utilization", "bound by", "proved optimal", "log10 mappings", "search/s"}}
	for i := range d.Workloads {
		t.n += len(d.Workloads[i].Layers)
	}
	t.rows = func(yield func([]any) bool) {
		for i := range d.Workloads {
			for _, l := range d.Workloads[i].Layers {
				proved := "no"
				if l.Optimal {
					proved = "yes"
				}
				if !yield([]any{l.Workload, l.Index, l.Name, l.Count, l.EnergyJ, l.LatencyS, l.EDPJs, l.MACs, l.Utilization,
					l.Bottleneck, proved, l.MapspaceLog10, l.Seconds}) {
					return
				}
			}
		}
	}
	return t
}

func (d *Data) components() sheetRows {
	t := sheetRows{name: "Components", header: []string{"workload", "candidate", "layer", "component", "energy/J", "leakage/J",
		"busy/s", "area/mm2", "instances", "peak/bit", "size/bit", "read/bit", "written/bit"}}
	for i := range d.Workloads {
		t.n += len(d.Workloads[i].Components)
	}
	t.rows = func(yield func([]any) bool) {
		for i := range d.Workloads {
			for _, k := range d.Workloads[i].Components {
				if !yield([]any{k.Workload, k.Index, k.Layer, k.Name, k.EnergyJ, k.LeakageJ, k.BusyS, k.AreaMM2, k.Instances,
					k.PeakBits, k.SizeBits, k.ReadBits, k.WriteBits}) {
					return
				}
			}
		}
	}
	return t
}

// mappings lists the mappings of the designs on the front: all others are in the database.
func (d *Data) mappings() sheetRows {
	t := sheetRows{name: "Mappings", header: []string{"workload", "candidate", "layer", "mapping", "to evaluate again (JSON)"}}
	t.rows = func(yield func([]any) bool) {
		for i := range d.Workloads {
			w := &d.Workloads[i]
			front := map[int64]bool{}
			for _, at := range w.Front {
				front[w.Candidates[at].ID] = true
			}
			for _, l := range w.Layers {
				if front[l.CandidateID] && !yield([]any{l.Workload, l.Index, l.Name, l.MappingText, l.MappingJSON}) {
					return
				}
			}
		}
	}
	t.rows(func([]any) bool { t.n++; return true })
	return t
}

// WriteCSV writes one file a table into a folder, all digits.
func WriteCSV(dir string, d *Data) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, t := range d.tables() {
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
	w.Write(t.header)
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
		if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
			return "'" + v
		}
		return v
	}
	return fmt.Sprint(x)
}
