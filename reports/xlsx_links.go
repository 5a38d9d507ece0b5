package reports

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Links lead from a design's row on one sheet to its first row on another. They look the row up by the column design, which
// all tables have, so that they hold after sorting: an address would lead to another design without a word. No text of
// users stands in their formulas, only the cell that has it.

// sheetLink is a sheet that links lead to.
type sheetLink struct {
	sheet string
	keys  string // the range of its column design
}

func (l sheetLink) header() string { return "to " + l.sheet }

// designKey names a design on a network: "resnet18 #12".
func (b *book) designKey(workload string, idx int64) string {
	return b.names[workload] + fmt.Sprintf(" #%d", idx)
}

// linkNames gives each network a name of its own for looking up, which tells no capitals apart. Marks that it takes for
// wildcards are replaced, and of a long name the end is kept, since it takes no text of more than 255 characters.
func linkNames(workloads []string) map[string]string {
	const most = 100
	out, taken := map[string]string{}, map[string]bool{}
	for _, w := range workloads {
		name := []rune(strings.NewReplacer("*", "_", "?", "_", "~", "_").Replace(printable(w)))
		if len(name) > most {
			name = name[len(name)-most:]
		}
		key := string(name)
		for n := 2; taken[strings.ToLower(key)]; n++ {
			key = fmt.Sprintf("%s (%d)", string(name), n)
		}
		taken[strings.ToLower(key)] = true
		out[w] = key
	}
	return out
}

// linkTo prepares links to one of the long tables, whose last columns are design and its links.
func (b *book) linkTo(sheet string) sheetLink {
	for _, t := range b.tables {
		if t.name != sheet {
			continue
		}
		col, err := excelize.ColumnNumberToName(len(t.header) + 1)
		b.keep(err)
		return sheetLink{sheet, fmt.Sprintf("%s!$%s$2:$%s$%d", sheet, col, col, max(2, b.rows[sheet]+1))}
	}
	return sheetLink{sheet: sheet}
}

// linkFormula is the formula of a link for the design that a cell of the same row names.
func linkFormula(l sheetLink, column, row int) (string, error) {
	key, err := excelize.CoordinatesToCellName(column, row)
	return fmt.Sprintf(`HYPERLINK("#%s!A"&(1+MATCH(%s,%s,0)),"%s")`, l.sheet, key, l.keys, l.sheet), err
}

// A link costs a walk over the other sheet whenever a program computes the workbook anew. Above so many steps in all, a bound
// of this project that no spreadsheet was timed for, only designs of the front have links.
const linkSteps = 500_000_000

// linked tells whether all rows of a table may have links to another.
func (b *book) linked(from, to string) bool {
	return int64(b.rows[from])*int64(b.rows[to]) <= linkSteps
}

// linkColumns are the links of each row of a long table.
func (b *book) linkColumns(table string) []sheetLink {
	switch table {
	case "Candidates":
		return []sheetLink{b.linkTo("Layers"), b.linkTo("Mappings")}
	case "Layers", "Components", "Mappings":
		return []sheetLink{b.linkTo("Candidates")}
	}
	return nil
}
