package reports

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxRows is what a sheet takes, less room for the header and a note.
const maxRows = 1_048_000

// WriteXLSX writes the workbook: Summary, Front, Candidates, Layers, Components, Mappings, Method (contract section 8).
func WriteXLSX(w io.Writer, d *Data) error {
	f := excelize.NewFile()
	defer f.Close()
	b := &book{f: f, d: d}
	for i, name := range []string{"Summary", "Front", "Candidates", "Layers", "Components", "Mappings", "Method", chartSheet} {
		if i == 0 {
			b.keep(f.SetSheetName("Sheet1", name))
		} else {
			_, err := f.NewSheet(name)
			b.keep(err)
		}
	}
	b.styles()
	b.summary()
	for _, t := range d.tables() {
		b.stream(t)
	}
	b.front()
	b.method()
	b.keep(f.SetSheetVisible(chartSheet, false))
	f.SetActiveSheet(0)
	b.keep(f.SetDocProps(&excelize.DocProperties{Title: "tcmdse sweep " + d.Sweep.Name, Creator: "tcmdse " + d.Sweep.ToolVersion}))
	if b.err != nil {
		return fmt.Errorf("reports: %w", b.err)
	}
	return f.Write(w)
}

// book is a workbook being written; the first error is kept.
type book struct {
	f                                        *excelize.File
	d                                        *Data
	err                                      error
	head, bold, number, plain, wrap, percent int
}

func (b *book) keep(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *book) styles() {
	style := func(s excelize.Style) int {
		id, err := b.f.NewStyle(&s)
		b.keep(err)
		return id
	}
	sci, plain := "0.000E+00", "0.000"
	b.head = style(excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E79"}}})
	b.bold = style(excelize.Style{Font: &excelize.Font{Bold: true}})
	b.number = style(excelize.Style{CustomNumFmt: &sci})
	b.plain = style(excelize.Style{CustomNumFmt: &plain})
	b.wrap = style(excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}, Font: &excelize.Font{Family: "Courier New", Size: 9}})
	b.percent = style(excelize.Style{NumFmt: 10})
}

// page sets up printing; it has to come before a stream is opened, or it is lost.
func (b *book) page(sheet string) {
	landscape, wide, high, fit := "landscape", 1, 0, true
	b.keep(b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}))
	b.keep(b.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.keep(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + sheet + "'!$1:$1", Scope: sheet}))
}

// stream writes a long table with a frozen header and filters.
func (b *book) stream(t sheetRows) {
	b.page(t.name)
	s, err := b.f.NewStreamWriter(t.name)
	if err != nil {
		b.keep(err)
		return
	}
	for i, h := range t.header {
		width := max(12, float64(len(h))+4)
		if t.name == "Mappings" && i > 2 {
			width = 60
		}
		b.keep(s.SetColWidth(i+1, i+1, min(width, 60)))
	}
	b.keep(s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	b.keep(s.SetRow("A1", b.header(t.header)))
	n := 1
	for row := range t.rows {
		if n > maxRows {
			b.keep(s.SetRow(fmt.Sprintf("A%d", n+2), []any{fmt.Sprintf("%d of %d rows shown; all are in the database and in report --csv", maxRows, t.n)}))
			break
		}
		n++
		b.keep(s.SetRow(fmt.Sprintf("A%d", n), b.cells(t.name, row)))
	}
	if n > 1 {
		last, _ := excelize.CoordinatesToCellName(len(t.header), n)
		b.keep(s.AddTable(&excelize.Table{Range: "A1:" + last, Name: t.name + "Table", StyleName: "TableStyleLight9"}))
	}
	b.keep(s.Flush())
}

func (b *book) header(names []string) []any {
	out := make([]any, len(names))
	for i, n := range names {
		out[i] = excelize.Cell{StyleID: b.head, Value: n}
	}
	return out
}

// cells styles small and large numbers; text goes in as text and never as a formula.
func (b *book) cells(sheet string, row []any) []any {
	out := make([]any, len(row))
	for i, x := range row {
		switch v := x.(type) {
		case float64:
			out[i] = excelize.Cell{StyleID: b.numberStyle(v), Value: v}
		case string:
			if sheet == "Mappings" && i > 2 {
				out[i] = excelize.Cell{StyleID: b.wrap, Value: clip(v)}
				continue
			}
			out[i] = clip(v)
		default:
			out[i] = x
		}
	}
	return out
}

// clip keeps text within the 32,767 characters of a cell.
func clip(s string) string {
	if len(s) > 32000 {
		return s[:32000] + " ..."
	}
	return s
}

// put writes a row of cells from column A on.
func (b *book) put(sheet string, row int, cells ...any) {
	for i, x := range cells {
		at, _ := excelize.CoordinatesToCellName(i+1, row)
		if s, ok := x.(string); ok {
			b.keep(b.f.SetCellStr(sheet, at, clip(s)))
			continue
		}
		if x != nil {
			b.keep(b.f.SetCellValue(sheet, at, x))
		}
		if v, ok := x.(float64); ok {
			b.keep(b.f.SetCellStyle(sheet, at, at, b.numberStyle(v)))
		}
	}
}

// numberStyle shows four digits; the cell holds all of them. Whole numbers below a million need no style.
func (b *book) numberStyle(v float64) int {
	switch {
	case v != 0 && (v < 0.1 || v >= 1e6):
		return b.number
	case v == math.Trunc(v):
		return 0
	}
	return b.plain
}

func (b *book) style(sheet string, row, columns, style int) {
	last, _ := excelize.CoordinatesToCellName(columns, row)
	b.keep(b.f.SetCellStyle(sheet, fmt.Sprintf("A%d", row), last, style))
}

// summary answers first: what was asked, the front's ends and knee, what became of the candidates.
func (b *book) summary() {
	const sheet = "Summary"
	d := b.d
	b.page(sheet)
	b.keep(b.f.SetColWidth(sheet, "A", "A", 26))
	b.keep(b.f.SetColWidth(sheet, "B", "G", 16))
	b.put(sheet, 1, "Sweep "+d.Sweep.Name)
	b.style(sheet, 1, 1, b.bold)
	b.put(sheet, 2, "architecture", d.Sweep.Arch)
	b.put(sheet, 3, "workloads", strings.Join(d.Sweep.Workloads, ", "))
	b.put(sheet, 4, "mappings optimal for", d.Sweep.Objective)
	b.put(sheet, 5, "started", d.Sweep.StartedAt.Format("2006-01-02 15:04:05 UTC"))
	finished := "not finished: figures below are of what is stored"
	if !d.Sweep.FinishedAt.IsZero() {
		finished = d.Sweep.FinishedAt.Format("2006-01-02 15:04:05 UTC")
	}
	b.put(sheet, 6, "finished", finished)
	b.put(sheet, 7, "tool, model", d.Sweep.ToolVersion+", "+d.Sweep.ModelVersion)
	row := 9
	for i := range d.Workloads {
		row = b.workloadSummary(row, &d.Workloads[i]) + 1
	}
	for _, w := range d.Sweep.Warnings {
		b.put(sheet, row, "warning", w)
		row++
	}
}

func (b *book) workloadSummary(row int, w *Workload) int {
	const sheet = "Summary"
	b.put(sheet, row, w.Name, "area/mm2", "EDP/Js", "energy/J", "latency/s", "bound by", "candidate")
	b.style(sheet, row, 7, b.head)
	limits := w.bottlenecks()
	add := func(what string, at int) {
		row++
		c := &w.Candidates[w.Front[at]]
		b.put(sheet, row, what, c.AreaMM2, c.EDPJs, c.EnergyJ, c.LatencyS, limits[c.ID], c.Index)
		var ps []string
		for _, p := range c.Params {
			ps = append(ps, p.Path+" = "+p.Text)
		}
		row++
		b.put(sheet, row, "", strings.Join(ps, ", "))
	}
	if len(w.Front) > 0 {
		add("smallest on the front", 0)
		if k := w.knee(); k >= 0 {
			add("knee", k)
		}
		if len(w.Front) > 1 {
			add("least EDP", len(w.Front)-1)
		}
	}
	for _, s := range w.statuses() {
		row++
		b.put(sheet, row, "candidates "+strings.ReplaceAll(s.name, "_", " "), s.n)
	}
	for i := range w.Candidates {
		if c := &w.Candidates[i]; c.Status == "infeasible" || c.Status == "failed" {
			row++
			b.put(sheet, row, "first "+c.Status, fmt.Sprintf("candidate %d: %s", c.Index, c.Reason))
			break
		}
	}
	return row + 1
}

// method tells how the numbers came about and holds the configuration word for word.
func (b *book) method() {
	const sheet = "Method"
	b.page(sheet)
	b.keep(b.f.SetColWidth(sheet, "A", "A", 120))
	row := 1
	for _, line := range append(methodLines(b.d), strings.Split(b.d.Sweep.Config, "\n")...) {
		b.put(sheet, row, line)
		row++
	}
}

// methodLines states definitions and limits, for the workbook and the page.
func methodLines(d *Data) []string {
	return []string{
		"Every layer's mapping is the optimum over the whole mapspace of the model (" + d.Sweep.ModelVersion + "), proved by exhaustive branch and bound; a layer where that is not so says so in Layers, column 'proved optimal'.",
		"EDP of a network = total energy x total latency, each the sum over layers times their count; it is not the sum of the layers' products.",
		"Latency of a layer = the busiest component: transfers overlap with computation. Energy = traffic x energy per bit + multiply-accumulates + leakage of all instances over the latency.",
		"Area = sum of component areas x instances. Wiring, control and pads are not in it: sums of components were 0.22 to 0.64 of published die areas (shared/notes/hwmodel.md, section 4).",
		"Left out: sparsity, compression, network hops, bank conflicts, start-up and drain, refresh, data layout, fusion of layers.",
		"The front: designs for which no other has no more area and less EDP.",
		"Sources of the costs stand beside every component in the architecture below.",
		"",
		"Configuration as it ran:",
	}
}
