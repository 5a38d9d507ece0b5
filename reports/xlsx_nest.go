package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A loop nest on a sheet: the size of its font, the height of its lines and the most that a row can have, in points.
const (
	nestFont  = 9.0
	nestLine  = 12.0
	maxHeight = 409.0
)

// height of a row in points: as many lines as its loop nest or its traffic has; 0 is the default height.
func height(header []string, row []any) float64 {
	h := 0.0
	for i, name := range header {
		if text, ok := row[i].(string); ok && (name == "mapping" || name == "traffic") {
			h = max(h, nestLine*float64(countLines(text))+3)
		}
	}
	return min(h, maxHeight)
}

func countLines(text string) int { return 1 + strings.Count(strings.TrimRight(text, "\n"), "\n") }

// nestWidth is the width of a column for lines of so many characters in the font of nests.
func nestWidth(characters int) float64 { return min(max(12, 1.05*float64(characters)+2), 250) }

// nestStyle is the style of a loop nest. One with more lines than the highest row has room for gets a font that lets all
// of them show.
func (b *book) nestStyle(text string) int {
	lines := float64(countLines(text))
	if lines*nestLine+3 <= maxHeight {
		return b.nest
	}
	size := math.Max(1, math.Floor(2*nestFont*(maxHeight-3)/(lines*nestLine))/2)
	if id, ok := b.small[size]; ok {
		return id
	}
	id, err := b.f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}, Font: &excelize.Font{Family: "Courier New", Size: size}})
	b.keep(err)
	if b.small == nil {
		b.small = map[float64]int{}
	}
	b.small[size] = id
	return id
}

// printNests leaves the JSON out of what is printed: its one long line would make the page too small to read.
func (b *book) printNests(t sheetRows) {
	if i := slices.Index(t.header, "mapping_json"); i > 0 {
		last, err := excelize.ColumnNumberToName(i)
		b.keep(err)
		b.keep(b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: fmt.Sprintf("'%s'!$A$1:$%s$%d", t.name, last, t.n+1), Scope: t.name}))
	}
}
