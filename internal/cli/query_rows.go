package cli

import (
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"tcmdse/reports"
)

// A table shows so many rows and so much of a text; csv and json have all.
const (
	tableRows  = 1000
	tableWidth = 80
)

// tableWriter keeps the rows it shows, since columns are as wide as their widest cell, and counts the others.
type tableWriter struct {
	w       io.Writer
	columns []string
	values  [][]any
	n       int
}

func (t *tableWriter) head(columns []string) error {
	t.columns = columns
	return nil
}

func (t *tableWriter) row(values []any) error {
	if t.n++; t.n <= tableRows {
		t.values = append(t.values, append([]any(nil), values...))
	}
	return nil
}

func (t *tableWriter) end() error {
	if text, ok := t.single(); ok {
		_, err := fmt.Fprintln(t.w, strings.TrimSuffix(text, "\n"))
		return err
	}
	width, right := make([]int, len(t.columns)), make([]bool, len(t.columns))
	lines := [][]string{nil}
	for i, name := range t.columns {
		lines[0] = append(lines[0], shown(name))
		right[i] = true
	}
	cut := false
	for _, values := range t.values {
		var cells []string
		for i, v := range values {
			s := shown(v)
			cut = cut || strings.HasSuffix(s, "…")
			switch v.(type) {
			case string, []byte:
				right[i] = false
			}
			cells = append(cells, s)
		}
		lines = append(lines, cells)
	}
	for _, cells := range lines {
		for i, s := range cells {
			width[i] = max(width[i], utf8.RuneCountInString(s))
		}
	}
	for _, cells := range lines {
		var b strings.Builder
		for i, s := range cells {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(s))
			if right[i] {
				s, pad = pad+s, ""
			}
			b.WriteString(s + pad + "  ")
		}
		if _, err := fmt.Fprintln(t.w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return t.foot(cut)
}

// single returns the only text of an answer that has no more than that: a mapping or a configuration is for reading.
func (t *tableWriter) single() (string, bool) {
	if t.n != 1 || len(t.columns) != 1 {
		return "", false
	}
	text, ok := t.values[0][0].(string)
	return text, ok && strings.Contains(text, "\n")
}

// foot says what the table leaves out.
func (t *tableWriter) foot(cut bool) error {
	var notes []string
	if t.n > tableRows {
		notes = append(notes, fmt.Sprintf("%d of %d rows shown", tableRows, t.n))
	}
	if cut {
		notes = append(notes, fmt.Sprintf("text cut to %d characters", tableWidth))
	}
	if len(notes) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(t.w, "%s; --format csv or json has all\n", strings.Join(notes, ", "))
	return err
}

// shown writes a value for people: on one line, floats with six digits, NULL in capitals.
func shown(v any) string {
	var s string
	switch v := v.(type) {
	case nil:
		return "NULL"
	case float64:
		return strconv.FormatFloat(v, 'g', 6, 64)
	case string:
		s = strings.Map(func(r rune) rune {
			if reports.Obeyed(r) {
				return ' '
			}
			return r
		}, v)
	case []byte:
		s = hex.EncodeToString(v)
	default:
		s = fmt.Sprint(v)
	}
	if utf8.RuneCountInString(s) > tableWidth {
		s = string([]rune(s)[:tableWidth-1]) + "…"
	}
	return s
}

// csvWriter writes every digit; NULL is empty. No text is a formula to a spreadsheet.
type csvWriter struct {
	w     *csv.Writer
	cells []string
}

func newCSVWriter(w io.Writer) *csvWriter { return &csvWriter{w: csv.NewWriter(w)} }

func (c *csvWriter) head(columns []string) error {
	c.cells = c.cells[:0]
	for _, name := range columns {
		c.cells = append(c.cells, reports.Inert(name))
	}
	return c.w.Write(c.cells)
}

func (c *csvWriter) row(values []any) error {
	c.cells = c.cells[:0]
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			c.cells = append(c.cells, "")
		case float64:
			c.cells = append(c.cells, strconv.FormatFloat(v, 'g', -1, 64))
		case []byte:
			c.cells = append(c.cells, hex.EncodeToString(v))
		case string:
			c.cells = append(c.cells, reports.Inert(v))
		default:
			c.cells = append(c.cells, fmt.Sprint(v))
		}
	}
	return c.w.Write(c.cells)
}

func (c *csvWriter) end() error {
	c.w.Flush()
	return c.w.Error()
}

// jsonWriter writes an array of one object a row, its columns in their order. Numbers have every digit.
type jsonWriter struct {
	w    io.Writer
	keys []string // quoted, with the colon
	rows int
	line []byte
}

// head makes the names of the columns differ: objects with a key twice lose one of them in most readers.
func (j *jsonWriter) head(columns []string) error {
	seen := map[string]bool{}
	for _, name := range columns {
		key := name
		for n := 2; seen[key]; n++ {
			key = fmt.Sprintf("%s_%d", name, n)
		}
		seen[key] = true
		quoted, err := json.Marshal(key)
		if err != nil {
			return err
		}
		j.keys = append(j.keys, string(quoted)+": ")
	}
	_, err := io.WriteString(j.w, "[")
	return err
}

func (j *jsonWriter) row(values []any) error {
	j.line = append(j.line[:0], ",\n  {"...)
	if j.rows++; j.rows == 1 {
		j.line = append(j.line[:0], "\n  {"...)
	}
	for i, v := range values {
		if i > 0 {
			j.line = append(j.line, ", "...)
		}
		j.line = append(j.line, j.keys[i]...)
		switch x := v.(type) {
		case []byte:
			v = hex.EncodeToString(x)
		case float64:
			if math.IsInf(x, 0) { // JSON has no word for it, and strict readers take no number beyond a float64
				v = nil
			}
		}
		value, err := json.Marshal(v)
		if err != nil {
			return err
		}
		j.line = append(j.line, value...)
	}
	_, err := j.w.Write(append(j.line, '}'))
	return err
}

func (j *jsonWriter) end() error {
	if j.rows > 0 {
		if _, err := io.WriteString(j.w, "\n"); err != nil {
			return err
		}
	}
	_, err := io.WriteString(j.w, "]\n")
	return err
}
