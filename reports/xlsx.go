package reports

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"sync"

	"github.com/xuri/excelize/v2"
)

// maxRows is what a sheet takes, less room for the header and a note.
const maxRows = 1_048_000

// WriteXLSX writes the workbook: Summary, Front, Candidates, Layers, Components, Mappings, Method (docs/reports.md);
// Axes, what each axis does to the EDP; Breakdown, the energy and time of designs on the front; Mean, the front over several
// workloads; and a hidden sheet with the points of the charts. The archive's bytes differ from run to run (excelize), the
// sheets do not.
func WriteXLSX(w io.Writer, d *Data) error {
	f := excelize.NewFile()
	defer f.Close()
	b := &book{f: f, d: d}
	b.measure()
	for i, name := range b.sheets() {
		if i == 0 {
			b.keep(f.SetSheetName("Sheet1", name))
		} else {
			_, err := f.NewSheet(name)
			b.keep(err)
		}
	}
	// before sheets are streamed: both read all sheets, and would take a streamed one from its file into memory
	b.keep(f.SetSheetVisible(chartSheet, false))
	f.SetActiveSheet(0)
	b.styles()
	var long []*streamed
	var rows sync.WaitGroup
	for _, t := range b.tables {
		long = append(long, b.open(t))
	}
	for _, x := range long {
		rows.Go(x.write)
	}
	b.summary()
	b.front() // its charts first: they are the ones that outside programs look for
	if d.Mean != nil {
		b.mean()
	}
	b.axes()
	b.breakdown()
	b.method()
	b.patchCharts()
	rows.Wait()
	for _, x := range long {
		b.close(x)
	}
	b.streamPoints()
	b.keep(f.SetDocProps(&excelize.DocProperties{Title: property("tcmdse sweep " + d.Sweep.Name), Creator: property("tcmdse " + d.Sweep.ToolVersion)}))
	if b.err != nil {
		return fmt.Errorf("reports: %w", b.err)
	}
	return save(f, w)
}

// save writes a workbook's archive straight to where it shall be: excelize would keep it in memory first (its issue 2357).
func save(f *excelize.File, w io.Writer) error {
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return newArchive(w) })
	return f.Write(io.Discard)
}

// newArchive compresses at the fastest level: of 100,000 candidates in 0.6 s and not 1.7, and to 15 MB and not 11.5.
func newArchive(w io.Writer) *zip.Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return z
}

// sheets lists the workbook's sheets in their order.
func (b *book) sheets() []string {
	out := []string{"Summary", "Front"}
	if b.d.Mean != nil {
		out = append(out, "Mean")
	}
	return append(out, "Axes", "Breakdown", "Candidates", "Layers", "Components", "Mappings", "Method", chartSheet)
}

// book is a workbook being written; the first error is kept.
type book struct {
	f   *excelize.File
	d   *Data
	err error

	studies []study           // of d.all()
	names   map[string]string // of workloads, in links
	rows    map[string]int    // rows of the sheets that links lead to
	columns []pointColumn     // of the hidden sheet
	logs    []logCharts       // of each chart, in the order they were added
	tables  []sheetRows       // the long ones

	title, head, middle, bold, number, plain, text, top, nest, code, lines, percent, change, link, warning int // styles

	small map[float64]int // styles of nests with more lines than a row has room for, by the size of their font
}

// study is what is found out about a workload for several sheets.
type study struct {
	w       *Workload
	limits  map[int64]*limit
	effects []effect
	cloud   []int // the candidates that charts of axes show, of so many
	of      int
}

func (b *book) measure() {
	axes := b.d.axes()
	for _, w := range b.d.all() {
		cloud, of := thin(w, axisCloud)
		b.studies = append(b.studies, study{w, w.limits(), w.effects(axes), cloud, of})
	}
	var networks []string
	for i := range b.d.Workloads {
		networks = append(networks, b.d.Workloads[i].Name)
	}
	b.names = linkNames(networks)
	b.rows = map[string]int{}
	b.tables = b.d.tables()
	for _, t := range b.tables {
		b.rows[t.name] = min(t.n, maxRows)
	}
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
	sci, plain, percent, change := "0.000E+00", "0.000", "0.0%", "+0.0%;-0.0%;0.0%"
	top := &excelize.Alignment{WrapText: true, Vertical: "top"}
	b.title = style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}})
	white, blue := &excelize.Font{Bold: true, Color: "FFFFFF"}, excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E79"}}
	b.head = style(excelize.Style{Font: white, Fill: blue})
	b.middle = style(excelize.Style{Font: white, Fill: blue, Alignment: &excelize.Alignment{Horizontal: "center"}})
	b.bold = style(excelize.Style{Font: &excelize.Font{Bold: true}})
	b.number = style(excelize.Style{CustomNumFmt: &sci})
	b.plain = style(excelize.Style{CustomNumFmt: &plain})
	b.text = style(excelize.Style{Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "top", Indent: 1}})
	b.top = style(excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}})
	b.nest = style(excelize.Style{Alignment: top, Font: &excelize.Font{Family: "Courier New", Size: 9}})
	b.small = map[float64]int{}
	for size := 1.0; size < nestFont; size += 0.5 {
		b.small[size] = style(excelize.Style{Alignment: top, Font: &excelize.Font{Family: "Courier New", Size: size}})
	}
	// filled cells show what fits and are laid out fast; LibreOffice takes minutes over a few hundred long ones that may run over
	b.code = style(excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "fill"}, Font: &excelize.Font{Family: "Courier New", Size: 9}})
	b.lines = style(excelize.Style{Alignment: top})
	b.percent = style(excelize.Style{CustomNumFmt: &percent})
	b.change = style(excelize.Style{CustomNumFmt: &change})
	b.link = style(excelize.Style{Font: &excelize.Font{Color: "0563C1", Underline: "single"}})
	b.warning = style(excelize.Style{Alignment: top, Font: &excelize.Font{Bold: true, Color: "9C2A00"}})
}

// page sets up printing: A4, landscape, one page wide. It has to come before a stream is opened, or it is lost.
func (b *book) page(sheet string) {
	a4, landscape, wide, high, fit := 9, "landscape", 1, 0, true
	b.keep(b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}))
	b.keep(b.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.keep(b.f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&A&RPage &P of &N"}))
}

// repeatHeader prints the first row on every page.
func (b *book) repeatHeader(sheet string) {
	b.keep(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + sheet + "'!$1:$1", Scope: sheet}))
}

// printArea prints a sheet's first columns and rows, and beside them, on pages of their own, the charts from a column on.
func (b *book) printArea(sheet string, columns, rows int, charts ...int) {
	area := func(from, to, rows int) string {
		first, err := excelize.CoordinatesToCellName(from, 1, true)
		b.keep(err)
		last, err := excelize.CoordinatesToCellName(to, rows, true)
		b.keep(err)
		return "'" + sheet + "'!" + first + ":" + last
	}
	refers := area(1, columns, rows)
	if len(charts) == 2 {
		const wide = chartWidth / 64 // columns of a chart behind its first: 64 pixels each, where no width is set
		refers += "," + area(charts[0], charts[0]+wide, charts[1])
	}
	b.keep(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: refers, Scope: sheet}))
}
