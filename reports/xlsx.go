package reports

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// maxRows is what a sheet takes, less room for the header and a note.
const maxRows = 1_048_000

// WriteXLSX writes the workbook: Summary, Front, Candidates, Layers, Components, Mappings, Method (contract section 8),
// and a hidden sheet with the points of the charts. The archive's bytes differ from run to run (excelize), the sheets
// do not.
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
	// before sheets are streamed: both read all sheets, and would take a streamed one from its file into memory
	b.keep(f.SetSheetVisible(chartSheet, false))
	f.SetActiveSheet(0)
	b.styles()
	b.summary()
	for _, t := range d.tables() {
		b.stream(t)
	}
	b.front()
	b.method()
	b.keep(f.SetDocProps(&excelize.DocProperties{Title: clip("tcmdse sweep " + d.Sweep.Name), Creator: "tcmdse " + d.Sweep.ToolVersion}))
	if b.err != nil {
		return fmt.Errorf("reports: %w", b.err)
	}
	return f.Write(w)
}

// book is a workbook being written; the first error is kept.
type book struct {
	f   *excelize.File
	d   *Data
	err error

	title, head, bold, number, plain, text, top, nest, code, lines, percent, link, warning int // styles

	small map[float64]int // styles of nests with more lines than a row has room for, by the size of their font
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
	sci, plain, percent := "0.000E+00", "0.000", "+0.0%;-0.0%;0.0%"
	top := &excelize.Alignment{WrapText: true, Vertical: "top"}
	b.title = style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}})
	b.head = style(excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E79"}}})
	b.bold = style(excelize.Style{Font: &excelize.Font{Bold: true}})
	b.number = style(excelize.Style{CustomNumFmt: &sci})
	b.plain = style(excelize.Style{CustomNumFmt: &plain})
	b.text = style(excelize.Style{Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "top", Indent: 1}})
	b.top = style(excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}})
	b.nest = style(excelize.Style{Alignment: top, Font: &excelize.Font{Family: "Courier New", Size: 9}})
	b.code = style(excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}, Font: &excelize.Font{Family: "Courier New", Size: 9}})
	b.lines = style(excelize.Style{Alignment: top})
	b.percent = style(excelize.Style{CustomNumFmt: &percent})
	b.link = style(excelize.Style{Font: &excelize.Font{Color: "0563C1", Underline: "single"}})
	b.warning = style(excelize.Style{Alignment: top, Font: &excelize.Font{Bold: true, Color: "9C2A00"}})
}

// page sets up printing; it has to come before a stream is opened, or it is lost.
func (b *book) page(sheet string) {
	landscape, wide, high, fit := "landscape", 1, 0, true
	b.keep(b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}))
	b.keep(b.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.keep(b.f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&A&RPage &P of &N"}))
}

// repeatHeader prints the first row on every page.
func (b *book) repeatHeader(sheet string) {
	b.keep(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + sheet + "'!$1:$1", Scope: sheet}))
}

// stream writes a long table with a frozen header and filters.
func (b *book) stream(t sheetRows) {
	b.page(t.name)
	b.repeatHeader(t.name)
	b.printNests(t)
	s, err := b.f.NewStreamWriter(t.name)
	if err != nil {
		b.keep(err)
		return
	}
	for i, h := range t.header {
		b.keep(s.SetColWidth(i+1, i+1, cmp.Or(t.widths[h], width(h))))
	}
	b.keep(s.SetPanes(frozen()))
	head := make([]any, len(t.header))
	for i, n := range unique(t.header) {
		head[i] = excelize.Cell{StyleID: b.head, Value: n}
	}
	if t.note != "" { // beside the table, in the row that does not scroll
		head = append(head, nil, excelize.Cell{StyleID: b.bold, Value: t.note})
	}
	b.keep(s.SetRow("A1", head))
	n := 1
	for row := range t.rows {
		if n > maxRows {
			b.keep(s.SetRow(fmt.Sprintf("A%d", n+2), []any{fmt.Sprintf("%d of %d rows shown; all are in the database and in report --csv", maxRows, t.n)}))
			break
		}
		n++
		b.keep(s.SetRow(fmt.Sprintf("A%d", n), b.cells(t.header, row), excelize.RowOpts{Height: height(t.header, row)}))
	}
	if n > 1 {
		b.keep(s.AddTable(b.table(t, n)))
	}
	b.keep(s.Flush())
}

// table describes the filtered table over a header and its rows.
func (b *book) table(t sheetRows, rows int) *excelize.Table {
	last, err := excelize.CoordinatesToCellName(len(t.header), rows)
	b.keep(err)
	return &excelize.Table{Range: "A1:" + last, Name: t.name + "Table", StyleName: "TableStyleLight9"}
}

func frozen() *excelize.Panes {
	return &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
}

// width of a column by its header, with room for the filter's button.
func width(header string) float64 {
	switch header {
	case "reason":
		return 40
	}
	return min(max(11.5, float64(len(header))+4), 40)
}

// unique makes headers differ in more than case, as the columns of a table must.
func unique(header []string) []string {
	seen := map[string]bool{}
	out := make([]string, len(header))
	for i, h := range header {
		name := clip(h)
		for n := 2; seen[strings.ToLower(name)]; n++ {
			name = fmt.Sprintf("%s (%d)", clip(h), n)
		}
		seen[strings.ToLower(name)] = true
		out[i] = name
	}
	return out
}

// cells styles numbers; text goes in as text and never as a formula.
func (b *book) cells(header []string, row []any) []any {
	out := make([]any, len(row))
	for i, x := range row {
		switch v := x.(type) {
		case float64:
			out[i] = excelize.Cell{StyleID: b.numberStyle(v), Value: number(v)}
		case string:
			switch header[i] {
			case "mapping", "traffic":
				out[i] = excelize.Cell{StyleID: b.nestStyle(v), Value: clip(v)}
			case "mapping_json":
				out[i] = excelize.Cell{StyleID: b.code, Value: clip(v)}
			default:
				out[i] = excelize.Cell{StyleID: b.text, Value: clip(v)}
			}
		case nil: // an empty cell
		default:
			out[i] = excelize.Cell{StyleID: b.top, Value: x}
		}
	}
	return out
}

// cellUnits is what a cell holds, in UTF-16 units, less room for a mark.
const cellUnits = 32_000

// clip keeps text within a cell, says where it cut, and drops control characters that XML has no place for.
func clip(s string) string {
	head, rest := cut(printable(s))
	if rest != "" {
		return head + " ... (cut; the database has all)"
	}
	return head
}

// cut parts a text at what one cell holds.
func cut(s string) (head, rest string) {
	if len(s) <= cellUnits {
		return s, ""
	}
	n := 0
	for i, r := range s {
		if n += max(1, utf16.RuneLen(r)); n > cellUnits {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' {
			return -1 // of CRLF; cells break lines at LF
		}
		if r < ' ' && r != '\n' && r != '\t' || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
			return '?'
		}
		return r
	}, s)
}

// put writes a row of cells from column A on.
func (b *book) put(sheet string, row int, cells ...any) {
	for i, x := range cells {
		at, err := excelize.CoordinatesToCellName(i+1, row)
		b.keep(err)
		switch v := x.(type) {
		case nil:
		case string:
			b.keep(b.f.SetCellStr(sheet, at, clip(v)))
			if i > 0 {
				b.keep(b.f.SetCellStyle(sheet, at, at, b.text))
			}
		case float64:
			if number(v) != nil {
				b.keep(b.f.SetCellValue(sheet, at, v))
				b.keep(b.f.SetCellStyle(sheet, at, at, b.numberStyle(v)))
			}
		default:
			b.keep(b.f.SetCellValue(sheet, at, v))
		}
	}
}

// numberStyle shows four digits; the cell holds all of them. Whole numbers below a million need no style.
func (b *book) numberStyle(v float64) int {
	switch {
	case v != 0 && (math.Abs(v) < 0.1 || math.Abs(v) >= 1e6):
		return b.number
	case v == math.Trunc(v):
		return 0
	}
	return b.plain
}

// style formats the cells of a row from one column to another, counted from 1.
func (b *book) style(sheet string, row, from, to, style int) {
	first, err := excelize.CoordinatesToCellName(from, row)
	b.keep(err)
	last, err := excelize.CoordinatesToCellName(to, row)
	b.keep(err)
	b.keep(b.f.SetCellStyle(sheet, first, last, style))
}
