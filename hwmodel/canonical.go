package hwmodel

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"tcmdse/internal/unit"
)

// Key returns a hash of everything the file says, quantities by their exact value: 64KiB and 65536B, 64B/cycle at 1GHz
// and 64GB/s, an energy per access and the same per bit of the width are one. Two architectures of one key build to the
// same numbers; where a quantity differs, however little, keys differ.
func (s *Spec) Key() string {
	var b strings.Builder
	b.Grow(2048)
	for _, text := range []string{s.Name, s.Description, s.Source, s.technology.exact, s.clock.exact, s.overhead.write()} {
		b.WriteString(plain(text) + "\n")
	}
	for i := range s.nodes {
		if n := &s.nodes[i]; n.exact != "" {
			b.WriteString(n.exact)
		} else {
			s.writeExact(n, &b)
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

// writeExact appends a node's part of the canonical text.
func (s *Spec) writeExact(n *specNode, b *strings.Builder) {
	n.write(b, plain, plain, func(key string) string { return s.exact(n, key) })
}

// rememberExact keeps the nodes' parts of the canonical text, until Apply changes what they say: most nodes of a sweep's
// candidates are those of the architecture that they vary.
func (s *Spec) rememberExact() {
	for i := range s.nodes {
		if n := &s.nodes[i]; n.exact == "" {
			var b strings.Builder
			s.writeExact(n, &b)
			n.exact = b.String()
		}
	}
}

// plain keeps free text on one line, so that it cannot pass for another line of the canonical text.
func plain(text string) string {
	if strings.ContainsAny(text, "\n\\") {
		return fmt.Sprintf("%q", text)
	}
	return text
}

// exact returns the canonical text of a node's field.
func (s *Spec) exact(n *specNode, key string) string {
	f := n.fields[key]
	if f.q.Value == nil || key == "width" || key == "size" || s.converted(n, key, f.q).Dim == f.q.Dim {
		return f.exact
	}
	return exactText(s.converted(n, key, f.q))
}

// Converted returns a quantity as Build counts it at a path: rates per cycle per second where there is a clock, accesses
// and energies per access in bits where there is a width. The path has to be one of this architecture.
func (s *Spec) Converted(path string, q unit.Quantity) unit.Quantity {
	node, key, _ := strings.Cut(path, ".")
	for i := range s.nodes {
		if n := &s.nodes[i]; n.name == node {
			return s.converted(n, key, q)
		}
	}
	return q
}

func (s *Spec) converted(n *specNode, key string, q unit.Quantity) unit.Quantity {
	width := n.fields["width"].q
	if n.kind != Memory || width.Value == nil || width.Value.Sign() <= 0 {
		width.Value = nil
	}
	by := func(f *big.Rat, d unit.Dimension) unit.Quantity {
		return unit.Quantity{Value: new(big.Rat).Mul(q.Value, f), Dim: d}
	}
	if clock := s.clock.q.Value; clock != nil {
		switch q.Dim {
		case unit.BitPerCycle:
			return by(clock, unit.BitPerS)
		case unit.PerCycle:
			q = by(clock, unit.PerS)
		}
	}
	switch {
	case width.Value == nil:
	case q.Dim == unit.PerS:
		return by(width.Value, unit.BitPerS)
	case q.Dim == unit.PerCycle:
		return by(width.Value, unit.BitPerCycle)
	case q.Dim == unit.Joule && strings.HasSuffix(key, ".energy"):
		return by(new(big.Rat).Inv(width.Value), unit.JoulePerBit)
	}
	return q
}

// exactText writes a quantity as a fraction with its dimension: one text for one quantity.
func exactText(q unit.Quantity) string { return q.Value.RatString() + " " + q.Dim.String() }
