package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// streamed is a long table being written, with a frozen header and filters. Behind the table's own columns stand design, by
// which links find their row, and the links.
type streamed struct {
	t      sheetRows
	header []string // with design and links
	s      *excelize.StreamWriter
	linker *linker
	styles *book // for its styles alone
	rows   int   // written, the header among them
	err    error
}

// open prepares a sheet for streaming; what belongs to the whole workbook has to be done before rows are written.
func (b *book) open(t sheetRows) *streamed {
	b.page(t.name)
	b.repeatHeader(t.name)
	links := b.linkColumns(t.name)
	header := append(slices.Clip(t.header), "design")
	for _, l := range links {
		header = append(header, l.header())
	}
	printed := len(t.header)
	if i := slices.Index(t.header, "mapping_json"); i > 0 {
		printed = i // its one long line would make the page too small to read
	}
	b.printArea(t.name, printed, min(t.n, maxRows)+1)
	s, err := b.f.NewStreamWriter(t.name)
	b.keep(err)
	return &streamed{t: t, header: header, s: s, linker: b.newLinker(t, links), styles: b, err: err}
}

func (x *streamed) keep(err error) {
	if x.err == nil {
		x.err = err
	}
}

// write writes all rows. It touches nothing of the workbook but its own sheet, and may run beside others.
func (x *streamed) write() {
	if x.err != nil {
		return
	}
	for i, h := range x.header {
		x.keep(x.s.SetColWidth(i+1, i+1, cmp.Or(x.t.widths[h], width(h))))
	}
	x.keep(x.s.SetPanes(frozen()))
	head := make([]any, len(x.header))
	for i, n := range unique(x.header) {
		head[i] = excelize.Cell{StyleID: x.styles.head, Value: n}
	}
	if x.t.note != "" { // beside the table, in the row that does not scroll
		head = append(head, nil, excelize.Cell{StyleID: x.styles.bold, Value: x.t.note})
	}
	x.keep(x.s.SetRow("A1", head))
	x.rows = 1
	for row := range x.t.rows {
		if x.rows > maxRows {
			x.keep(x.s.SetRow(fmt.Sprintf("A%d", x.rows+2), []any{fmt.Sprintf("%d of %d rows shown; all are in the database and in report --csv", maxRows, x.t.n)}))
			break
		}
		x.rows++
		cells, err := x.linker.add(x.rows, x.styles.cells(x.t.header, row), row)
		x.keep(err)
		x.keep(x.s.SetRow("A"+strconv.Itoa(x.rows), cells, excelize.RowOpts{Height: height(x.t.header, row)}))
	}
}

// close makes the rows a table and ends the stream.
func (b *book) close(x *streamed) {
	if x.rows > 1 {
		x.keep(x.s.AddTable(b.table(sheetRows{name: x.t.name, header: x.header}, x.rows)))
	}
	if x.err == nil {
		x.keep(x.s.Flush())
	}
	b.keep(x.err)
}

// linker adds a design's key and links to the rows of a table.
type linker struct {
	b                     *book
	links                 []sheetLink
	all                   []bool // of each link: for rows of all designs, not of the front's only
	workload, idx, status int    // columns
	front                 map[string]bool
	key                   string // of the last row
	lastName              string
	last                  int64
}

func (b *book) newLinker(t sheetRows, links []sheetLink) *linker {
	l := &linker{b: b, links: links, front: map[string]bool{}}
	for _, k := range links {
		l.all = append(l.all, b.linked(t.name, k.sheet))
	}
	l.workload, l.idx, l.status = slices.Index(t.header, "workload"), slices.Index(t.header, "idx"), slices.Index(t.header, "status")
	for i := range b.d.Workloads {
		w := &b.d.Workloads[i]
		for _, at := range w.Front {
			l.front[b.designKey(w.Name, w.Candidates[at].Index)] = true
		}
	}
	return l
}

// add appends to the cells of a row. A link stands only where there is something to lead to: mappings are of the front's
// designs, and of large sweeps so are layers.
func (l *linker) add(at int, cells, row []any) ([]any, error) {
	name, _ := row[l.workload].(string)
	idx, _ := row[l.idx].(int64)
	if l.key == "" || name != l.lastName || idx != l.last {
		l.key, l.lastName, l.last = l.b.designKey(name, idx), name, idx
	}
	cells = append(cells, excelize.Cell{StyleID: l.b.text, Value: l.key})
	key := len(cells)
	front := l.front[l.key]
	for i, k := range l.links {
		onlyFront := k.sheet == "Mappings" || k.sheet == "Layers" && l.b.d.brief || !l.all[i]
		mapped := l.status < 0 || row[l.status] == "ok"
		if l.b.rows[k.sheet] == 0 || !mapped || onlyFront && !front {
			cells = append(cells, nil)
			continue
		}
		formula, err := linkFormula(k, key, at)
		if err != nil {
			return nil, err
		}
		cells = append(cells, excelize.Cell{StyleID: l.b.link, Formula: formula, Value: k.sheet})
	}
	return cells, nil
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
	case "design":
		return 20
	}
	return min(max(11.5, float64(len(header))+4), 40)
}

// unique makes headers differ in more than case, and keeps them within 255 characters, as the columns of a table must.
func unique(header []string) []string {
	seen := map[string]bool{}
	out := make([]string, len(header))
	for i, h := range header {
		name := property(h)
		for n := 2; seen[strings.ToLower(name)]; n++ {
			head, _ := cutAt(property(h), 240)
			name = fmt.Sprintf("%s (%d)", head, n)
		}
		seen[strings.ToLower(name)] = true
		out[i] = name
	}
	return out
}
