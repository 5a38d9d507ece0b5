package reports

import (
	"math"
	"strings"
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
	return b.small[math.Max(1, math.Floor(2*nestFont*(maxHeight-3)/(lines*nestLine))/2)]
}
