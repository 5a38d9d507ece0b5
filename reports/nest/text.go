package nest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcmdse/internal/unit"
)

// Text is the mapping as people read it: the loop nest and, below it, the traffic of every level. The traffic is left
// out where no figures are known. It ends with a line break.
func (n *Nest) Text() string {
	traffic := n.Traffic()
	if traffic != "" {
		traffic = "\n" + traffic
	}
	return n.Loops() + traffic
}

// Loops is the loop nest: a line for each loop with the tile of its variable that is left inside, and one for each memory
// with what an instance of it keeps of each tensor, the share of the memory that this takes, and how full it is in all.
func (n *Nest) Loops() string {
	tensors := n.kept()
	head := []string{"loop nest", "tile"}
	if n.Imperfect {
		head[1] = "tile at most"
	}
	for _, t := range tensors {
		head = append(head, plain(t), "")
	}
	if len(tensors) > 0 {
		head = append(head, "full")
	}
	rows := [][]string{head}
	indent := "" // loops alone indent: nests are deep enough
	for i := range n.Lines {
		l := &n.Lines[i]
		row := []string{indent + l.text()}
		if l.Keep == "" {
			indent += "  "
			row = append(row, strconv.FormatInt(l.Tile, 10))
		} else if len(tensors) > 0 {
			row = append(append(row, ""), n.amounts(l, tensors)...)
		}
		rows = append(rows, row)
	}
	if n.Compute >= 0 {
		rows = append(rows, []string{indent + plain(n.Levels[n.Compute].Name)})
	}
	return aligned(rows)
}

// text says what a line does, without its figures.
func (l *Line) text() string {
	switch {
	case l.Keep != "":
		var names []string
		for _, t := range l.Kept {
			names = append(names, plain(t.Tensor))
		}
		return plain(l.Keep) + " keeps " + strings.Join(names, " ")
	case l.Array != "":
		return fmt.Sprintf("par %s: %s in %d", plain(l.Array), plain(l.Var), l.In)
	}
	return fmt.Sprintf("for %s in %d", plain(l.Var), l.In)
}

// kept lists the tensors of which it is known how much is kept, the outermost first.
func (n *Nest) kept() []string {
	var out []string
	for i := range n.Lines {
		for _, t := range n.Lines[i].Kept {
			if t.Bits > 0 && !slices.Contains(out, t.Tensor) {
				out = append(out, t.Tensor)
			}
		}
	}
	return out
}

// amounts makes the cells of a memory's line: for each tensor the amount and its share, and how full the memory is.
func (n *Nest) amounts(l *Line, tensors []string) []string {
	level := &Level{}
	if i := slices.IndexFunc(n.Levels, func(v Level) bool { return v.Name == l.Keep }); i >= 0 {
		level = &n.Levels[i]
	}
	var out []string
	for _, name := range tensors {
		amount, share := "", ""
		if i := slices.IndexFunc(l.Kept, func(t Tile) bool { return t.Tensor == name }); i >= 0 && l.Kept[i].Bits > 0 {
			amount = unit.Format(l.Kept[i].Bits, unit.Bits)
			if level.SizeBits > 0 {
				share = percent(l.Kept[i].Bits / float64(level.SizeBits))
			}
		}
		out = append(out, amount, share)
	}
	if f := level.Fill(); f >= 0 {
		out = append(out, percent(f))
	}
	return out
}

// Traffic is a table of the levels, the outermost first: instances, size of each and how full it is, and what all
// instances together read and write of each tensor. It is empty where no figures are known.
func (n *Nest) Traffic() string {
	if len(n.Levels) == 0 {
		return ""
	}
	var tensors []string
	for i := range n.Levels {
		for _, t := range n.Levels[i].Traffic {
			if !slices.Contains(tensors, t.Tensor) {
				tensors = append(tensors, t.Tensor)
			}
		}
	}
	head := []string{"level", "instances", "size", "full"}
	for _, t := range tensors {
		head = append(head, plain(t)+" read", "written")
	}
	rows := [][]string{head}
	for i := range n.Levels {
		rows = append(rows, n.moves(i, tensors))
	}
	return aligned(rows)
}

// moves makes the row of one level.
func (n *Nest) moves(i int, tensors []string) []string {
	l, size, full := &n.Levels[i], "", ""
	switch {
	case l.SizeBits > 0:
		size, full = unit.Format(float64(l.SizeBits), unit.Bits), percent(l.Fill())
	case n.Compute >= 0 && i > n.Compute:
		full = "network"
	case i != n.Compute:
		size = "unlimited"
	}
	if (l.SizeBits > 0 || size != "") && !n.keeps(l.Name) {
		full = "not used"
	}
	row := []string{plain(l.Name), strconv.FormatInt(l.Instances, 10), size, full}
	for _, name := range tensors {
		read, written := "", ""
		for _, t := range l.Traffic {
			if t.Tensor == name {
				read, written = unit.Format(t.ReadBits, unit.Bits), unit.Format(t.WriteBits, unit.Bits)
			}
		}
		row = append(row, read, written)
	}
	return row
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// plain keeps names from breaking lines and from sending control characters to a terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, s)
}

// aligned sets rows under each other, two spaces between columns: the first to the left, all others to the right. Columns
// that are empty in all rows take no room.
func aligned(rows [][]string) string {
	var widths []int
	for _, r := range rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(c)))
		}
	}
	var b strings.Builder
	for _, r := range rows {
		var line strings.Builder
		for i, c := range r {
			pad := strings.Repeat(" ", widths[i]-len([]rune(c)))
			switch {
			case i == 0:
				line.WriteString(c + pad)
			case widths[i] > 0:
				line.WriteString("  " + pad + c)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
