package hwmodel

import (
	"fmt"
	"strings"
	"testing"
)

// TestOddTextsReadBack: what is odd in YAML, at every place of an architecture that takes it, reads back from the canonical
// text as the same architecture, with the same text and key.
func TestOddTextsReadBack(t *testing.T) {
	const form = "name: %s\ndescription: %s\nclock: %s\noverhead: %s\nnodes:\n" +
		"  - {memory: %s, size: unlimited, keep: all, may_keep: %s, read: {bandwidth: %s}, source: %s, bits: %s}\n" +
		"  - {array: A, dims: [{name: %s, size: 4, min_utilization: %s, only_reuse: %s}], overhead: %s}\n" +
		"  - {compute: M, energy: 1pJ, throughput: 1/cycle}\n"
	usual := []any{"a", "d", "1GHz", "{area: 1.5}", "D", "all", "1GB/s", "s", "{W: 8}", "x", "0.5", "all", "{energy: 2}"}
	odd := []string{`"null"`, `"Null"`, `"NULL"`, `"true"`, `"y"`, `"~"`, `".inf"`, `"2024-01-01"`, `"<<"`, `"---"`, `"- a"`, `"a # b"`, `"a: b"`, `"{a}"`,
		`" 0.5\n\n"`, `"0.5\u2028"`, `"0.5\x85"`, `"a\u00a0"`, `"\u00a0a"`, `"a\u2029"`, `"\uFEFFa"`, `"a\r\nb"`, `"\n"`, `"\ta "`, `"\\n\""`, `!!binary aGk=`,
		`"1\n\nGHz"`, `"1\u2028GB/s"`, `{area: "1.5\n\n"}`, `{energy: "2\x85"}`, `{"null": 8}`, `{W: "8\n"}`, `["null", all]`}
	read := 0
	for i := range usual {
		for _, text := range odd {
			args := append([]any{}, usual...)
			args[i] = text
			s, err := ParseSpec(fmt.Appendf(nil, form, args...), "a.yaml")
			if err != nil {
				continue
			}
			read++
			again, err := ParseSpec(s.YAML(), "again.yaml")
			if err != nil {
				t.Errorf("place %d, %s: canonical text does not read: %v", i, text, err)
			} else if again.Key() != s.Key() || string(again.YAML()) != string(s.YAML()) {
				t.Errorf("place %d, %s: reads back as another architecture:\n%s", i, text, again.YAML())
			}
		}
	}
	if read < 90 {
		t.Errorf("only %d were read at all", read)
	}
	for _, key := range []string{`"a: 8, b"`, `"a\n"`, `""`, `"#"`, "all", "none"} { // two entries, or none, in the canonical text; words that no tensor goes by
		args := append([]any{}, usual...)
		args[8] = "{" + key + ": 8}"
		if _, err := ParseSpec(fmt.Appendf(nil, form, args...), "a.yaml"); err == nil || !strings.Contains(err.Error(), "a.yaml:6: nodes[0].bits.") {
			t.Errorf("bits of %s: error %v", key, err)
		}
	}
}
