package timeloop

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tcmdse/hwmodel/estimate"
	"tcmdse/interop/archfile"
	"tcmdse/interop/foreign"
)

// technology reads a feature size: 32nm, "32nm", 32, 32e-9; "" where there is none.
func (a *archFile) technology(l *level) string {
	v := l.scope.find(l.attrs, "technology")
	text := strings.Trim(v.Str(), `"' `)
	if text == "" || text == "-1" || l.class == text {
		return ""
	}
	digits, nm := strings.CutSuffix(strings.ToLower(text), "nm")
	f, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	switch {
	case err != nil:
		a.notes.Leave(v, "technology %s is no feature size", text)
		return ""
	case !nm && f < 1e-3:
		f *= 1e9
	}
	if !(f >= 1 && f <= 1000) {
		v.Fail("not a feature size", "1nm to 1000nm")
		return ""
	}
	return archfile.Number(f) + "nm"
}

// geometry is what a memory's attributes say of its size, in bits.
type geometry struct {
	size  int64 // 0: unlimited
	width int64 // of one access; 0: not said
	word  int64 // of one value

	cluster int64 // instances that share one access and its energy in the ERT; 1: none
}

// usualWord is the width of a value where none is given (NVlabs/timeloop, src/model/buffer.hpp, kDefaultWordBits).
const usualWord = 16

func (a *archFile) geometry(l *level, outermost bool) geometry {
	s, at := l.scope, l.attrs
	count := func(least int64, keys ...string) int64 { return at.First(keys...).Count(least, s.names) }
	var g geometry
	if g.word = count(0, wordKeys()...); g.word == 0 {
		g.word = usualWord
		a.notes.Approximate(l.at, "no datawidth is given: values of %d bits, as in Timeloop", usualWord)
	}
	g.width = count(0, "width", "memory_width")
	block := count(1, "block-size", "block_size", "n_words")
	g.cluster = count(1, "cluster-size", "cluster_size")
	given := g.width > 0
	if !given {
		g.width = product(at, g.word, block)
	}
	if g.cluster > 1 {
		a.notes.Approximate(at.First("cluster-size", "cluster_size"), "clusters of %d instances: each instance is a memory of its own here", g.cluster)
		if w := g.width / g.cluster; given && w > 0 {
			g.width = w
		}
	}
	depth, entries, kb := count(0, "depth", "memory_depth"), count(0, "entries"), at.Get("sizeKB").Number(s.names)
	switch {
	case depth > 0 && g.width > 0:
		g.size = product(at, depth, g.width)
	case entries > 0:
		g.size = product(at, entries, g.word)
	case kb > 0 && kb < 1<<40:
		g.size = int64(kb * 8192)
	case outermost || strings.Contains(strings.ToUpper(l.class), "DRAM"):
	default:
		a.notes.Approximate(l.at, "no size is given: unlimited, as in Timeloop")
	}
	buffered := at.First("multiple_buffering", "multiple-buffering")
	if mb := buffered.Number(s.names); mb > 1 && g.size > 0 {
		g.size = max(int64(float64(g.size)/mb), 1)
		a.notes.Approximate(buffered, "buffered %s times: the size is divided by that", archfile.Number(mb))
	}
	return g
}

func wordKeys() []string { return []string{"datawidth", "word-bits", "word_bits", "word_width"} }

// product multiplies sizes that a file may have made too large.
func product(at foreign.Value, x, y int64) int64 {
	if x > 0 && y > math.MaxInt64>>4/x {
		at.Fail("more bits than can be counted", "sizes below 2^59 bits")
		return 1
	}
	return x * y
}

// model returns the lines that have a memory's costs estimated; note says what stands in for what.
func (l *level) model(g geometry) (lines []string, what string) {
	c := strings.ToLower(l.class)
	switch {
	case strings.Contains(c, "dram"):
		kind, note := "LPDDR4", ", type LPDDR4"
		if t := strings.ToUpper(l.attrs.Get("type").Str()); t != "" {
			for _, known := range estimate.DRAMTypes() {
				if strings.EqualFold(known, t) {
					kind, note = known, ""
				}
			}
			if note != "" {
				note += " for " + t
			}
		}
		return []string{"model: dram", "type: " + kind}, "model dram" + note
	case g.size == 0 || g.width == 0:
		return nil, ""
	case strings.Contains(c, "reg") || strings.Contains(c, "_rf"):
		return []string{"model: regfile"}, "model regfile"
	}
	lines = []string{"model: sram"}
	if b := l.attrs.First("n_banks", "num-banks", "num_banks"); b.Present() {
		lines = append(lines, fmt.Sprintf("banks: %d", b.Count(1, l.scope.names)))
	}
	return lines, "model sram"
}

// formats returns the lines that have the compute's costs estimated.
func (l *level) formats() []string {
	width := l.attrs.First("multiplier_width", "datawidth", "word-bits", "width").Count(0, l.scope.names)
	if strings.HasPrefix(strings.ToLower(l.class), "fp") {
		mantissa, exponent := l.attrs.Get("mantissa").Count(0, l.scope.names), l.attrs.Get("exponent").Count(0, l.scope.names)
		switch {
		case exponent == 8 && mantissa <= 8 && mantissa > 0:
			return []string{"model: mac", "format: bf16"}
		case exponent == 5, width == 16:
			return []string{"model: mac", "format: fp16"}
		}
		return []string{"model: mac", "format: fp32"}
	}
	if width == 0 {
		width = 8
	}
	return []string{"model: mac", fmt.Sprintf("format: int%d", width)}
}

// priced returns a node's lines with a model where the tables cover it, and notes what holds instead of Accelergy's.
func (a *archFile) priced(l *level, head, node, model []string, what string) []string {
	if len(model) == 0 {
		a.notes.Approximate(l.at, "no model for class %q of this size: its energies, leakage and area are 0", l.class)
		return node
	}
	with := append(slices.Clone(node), model...)
	if err := archfile.Covered(head, with, l.kind == compute); err != nil {
		a.notes.Approximate(l.at, "its energies, leakage and area are 0: %s does not cover it (%s)", what, archfile.Reason(err))
		return node
	}
	a.notes.Approximate(l.at, "energies, leakage and area by %s, not by Accelergy's plug-ins for class %q", what, l.class)
	return with
}
