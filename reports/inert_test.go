package reports

import (
	"regexp"
	"strings"
	"testing"

	"tcmdse/internal/hostile"
)

// formula is what a spreadsheet may take for one at the beginning of a field.
func formula() *regexp.Regexp {
	return regexp.MustCompile(`^[\s\x{a0}\x{3000}\x{feff}]*[=+\-@＝＋－＠]|^[\t\r\n]`)
}

// TestInert: no hostile name begins a formula, in a field or, in files for spreadsheets, in a part of one; numbers stay numbers.
func TestInert(t *testing.T) {
	f, guarded := formula(), 0
	for _, n := range hostile.Names() {
		if got := Inert(n.Text); f.MatchString(got) || got != n.Text && got != "'"+n.Text {
			t.Errorf("%s: %q", n.What, got)
		} else if got != n.Text {
			guarded++
		}
		got := inertParts(n.Text)
		for _, part := range regexp.MustCompile(`[;\t\n]`).Split(got, -1) {
			if part != "" && f.MatchString(part) {
				t.Errorf("%s: %q has the part %q", n.What, got, part)
			}
		}
		if strings.ContainsFunc(got, func(r rune) bool {
			return r < ' ' && r != '\t' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x2066
		}) {
			t.Errorf("%s: %q has a control character", n.What, got)
		}
	}
	if guarded < 12 {
		t.Errorf("%d names guarded", guarded)
	}
	for _, s := range []string{"", "-3", "+1.5", "-1e-5", "+3.2 %", "-40C", "-", "-1,5", "a=b", "net", "-.5", "-0.3mm2", "1-2"} {
		if Inert(s) != s || inertParts(s) != s {
			t.Errorf("%q became %q, %q", s, Inert(s), inertParts(s))
		}
	}
	for _, s := range []string{"-3+A1", "-e1", "+", "-1e", "--1", "-(1)", "-1!A", "-1|x", "+1*2"} {
		if got := Inert(s); s != "+" && s != "-1e" && got != "'"+s {
			t.Errorf("%q became %q", s, got)
		}
	}
	yaml := "nodes:\n  - memory: DRAM\n"
	if Inert(yaml) != yaml {
		t.Error("a query gives another YAML than is stored")
	}
}
