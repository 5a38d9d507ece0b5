package reports

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteCompareText writes a comparison for a terminal.
func WriteCompareText(w io.Writer, c *Comparison) error {
	t := &textTables{w: w}
	t.left([]string{"", "A", "B"}, triples(c.sides()))
	t.line("")
	if rows := c.differing(); len(rows) > 0 {
		t.left([]string{"differs", "A", "B"}, triples(rows))
	} else {
		t.line("Settings, parameters' values and configuration are the same.")
	}
	for i := range c.Workloads {
		wc := &c.Workloads[i]
		t.line("")
		var rows [][]string
		for _, f := range wc.facts() {
			x := f.text()
			rows = append(rows, x[:])
		}
		t.right([]string{oneLine(wc.Name), "A", "B", "change"}, rows)
		for _, s := range wc.sentences() {
			for _, l := range wrapped(s, 110) {
				t.line("  " + l)
			}
		}
		if d := c.designText(wc); len(d) > 1 {
			t.right(d[0], d[1:])
		}
	}
	for _, side := range []struct {
		name string
		list []string
	}{{"A", c.OnlyA}, {"B", c.OnlyB}} {
		if len(side.list) > 0 {
			t.line("")
			t.line("Only in " + side.name + ": " + oneLine(strings.Join(side.list, ", ")))
		}
	}
	for _, n := range c.Notes {
		t.line("")
		for _, l := range wrapped("Note: "+n, 112) {
			t.line(l)
		}
	}
	return t.err
}

func triples(rows [][3]string) [][]string {
	var out [][]string
	for _, r := range rows {
		out = append(out, r[:])
	}
	return out
}

// textTables writes tables; the first error is kept.
type textTables struct {
	w   io.Writer
	err error
}

func (t *textTables) line(s string) {
	if t.err == nil {
		_, t.err = fmt.Fprintln(t.w, s)
	}
}

// left writes a table of texts.
func (t *textTables) left(head []string, rows [][]string) {
	t.table(tabwriter.NewWriter(t.w, 0, 0, 2, ' ', 0), head, rows)
}

// right writes a table of figures: all columns but the first and a last one of remarks stand to the right.
func (t *textTables) right(head []string, rows [][]string) {
	all := append([][]string{head}, rows...)
	remarks := head[len(head)-1] == "remark"
	widths := make([]int, len(head))
	for _, r := range all {
		for i, c := range r {
			widths[i] = max(widths[i], len([]rune(c)))
		}
	}
	for _, r := range all {
		var b strings.Builder
		for i, c := range r {
			pad := strings.Repeat(" ", widths[i]-len([]rune(c)))
			switch {
			case i == 0:
				b.WriteString("  " + c + pad)
			case remarks && i == len(r)-1:
				b.WriteString("  " + c)
			default:
				b.WriteString("  " + pad + c)
			}
		}
		t.line(strings.TrimRight(b.String(), " "))
	}
}

func (t *textTables) table(tw *tabwriter.Writer, head []string, rows [][]string) {
	for _, r := range append([][]string{head}, rows...) {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = clipText(oneLine(c), 60)
		}
		fmt.Fprintln(tw, strings.TrimRight("  "+strings.Join(cells, "\t"), "\t"))
	}
	if err := tw.Flush(); t.err == nil {
		t.err = err
	}
}

// clipText cuts a text at a number of characters.
func clipText(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-3]) + "..."
	}
	return s
}

// wrapped breaks a text into lines of at most so many characters.
func wrapped(s string, most int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(oneLine(s)) {
		if line != "" && len([]rune(line+" "+word)) > most {
			out, line = append(out, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(out, line)
}
