package reports

import (
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

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

// property keeps a text within what a document's property or the name of a table's column holds in Excel.
func property(s string) string {
	const most = 255
	s = printable(s)
	if head, rest := cutAt(s, most); rest == "" {
		return head
	}
	head, _ := cutAt(s, most-4)
	return head + " ..."
}

// cut parts a text at what one cell holds.
func cut(s string) (head, rest string) { return cutAt(s, cellUnits) }

// cutAt parts a text behind so many UTF-16 units.
func cutAt(s string, units int) (head, rest string) {
	if len(s) <= units {
		return s, ""
	}
	n := 0
	for i, r := range s {
		if n += max(1, utf16.RuneLen(r)); n > units {
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

// shareStyle is how a column of shares or changes shows, by its name; 0 for others.
func (b *book) shareStyle(header string) int {
	switch {
	case strings.HasSuffix(header, "_share"):
		return b.percent
	case strings.HasSuffix(header, "_change"):
		return b.change
	}
	return 0
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
