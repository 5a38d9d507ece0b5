package hwmodel

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// YAML returns the architecture as canonical text that reads back to the same Spec.
func (s *Spec) YAML() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\n", word(s.Name))
	for _, kv := range [][2]string{{"description", s.Description}, {"source", s.Source}, {"technology", s.technology.text}, {"clock", s.clock.text}} {
		if kv[1] != "" {
			fmt.Fprintf(&b, "%s: %s\n", kv[0], quoted(kv[1]))
		}
	}
	if o := s.overhead.write(); o != "" {
		fmt.Fprintf(&b, "overhead: %s\n", o)
	}
	b.WriteString("nodes:\n")
	for i := range s.nodes {
		n := &s.nodes[i]
		n.write(&b, quoted, word, func(key string) string { return word(n.fields[key].text) })
	}
	return []byte(b.String())
}

// quoted writes a scalar so that YAML reads the same text back.
func quoted(text string) string {
	out, err := yaml.Marshal(text)
	if err != nil || strings.Count(string(out), "\n") > 1 {
		return fmt.Sprintf("%q", text)
	}
	return strings.TrimSuffix(string(out), "\n") // other blanks at its ends are the text's, such as a no-break space
}

// word writes a name or word as it is, which YAML reads back but for those that it takes for nothing at all.
func word(text string) string {
	if strings.EqualFold(text, "null") {
		return `"` + text + `"`
	}
	return text
}

// write appends a node, its free text as quote has it, names as name has them and its fields as text gives them, "" for
// those not given.
func (n *specNode) write(b *strings.Builder, quote, name, text func(string) string) {
	b.WriteString([...]string{"  - memory: ", "  - array: ", "  - compute: "}[n.kind] + name(n.name) + "\n")
	line := func(key, text string) {
		if text != "" {
			b.WriteString("    " + key + ": " + text + "\n")
		}
	}
	if n.source != "" {
		line("source", quote(n.source))
	}
	line("size", text("size"))
	line("width", text("width"))
	line("model", text("model"))
	for _, r := range fieldRules() {
		if r.kind == n.kind && r.param && r.name != "width" {
			line(r.name, text(r.name))
		}
	}
	line("overhead", n.over.write())
	line("keep", n.keep.text())
	line("may_keep", n.mayKeep.text())
	for _, d := range []string{"read", "write"} {
		var parts []string
		for _, k := range []string{"energy", "bandwidth"} {
			if f := text(d + "." + k); f != "" {
				parts = append(parts, k+": "+f)
			}
		}
		if len(parts) > 0 {
			line(d, "{"+strings.Join(parts, ", ")+"}")
		}
	}
	if n.ports == SeparatePorts {
		line("ports", "separate")
	}
	if len(n.bits) > 0 {
		var parts []string
		for _, f := range n.bits {
			parts = append(parts, fmt.Sprintf("%s: %d", f.tensor, f.bits))
		}
		line("bits", "{"+strings.Join(parts, ", ")+"}")
	}
	for _, k := range []string{"energy", "throughput", "leakage", "area"} {
		line(k, text(k))
	}
	if n.kind == Array {
		b.WriteString("    dims:\n")
	}
	for _, d := range n.dims {
		fmt.Fprintf(b, "      - {name: %s, size: %d", name(d.name), d.size)
		for _, kv := range [][2]string{{"only_reuse", d.onlyReuse.text()}, {"multicast", d.multicast.text()}, {"min_utilization", d.minUtilizationWritten}} {
			if kv[1] != "" {
				fmt.Fprintf(b, ", %s: %s", kv[0], kv[1])
			}
		}
		b.WriteString("}\n")
	}
}

func (s TensorSet) text() string {
	if s == nil {
		return ""
	}
	return "[" + strings.Join(s, ", ") + "]"
}
