package reports

import "strings"

// CSV has no way to say that a field is text: a spreadsheet takes one that begins with =, +, - or @ for a formula, which may start a
// program or send what other cells hold somewhere (OWASP, CSV Injection). An apostrophe before it makes it text. Quotes do not.

// Inert returns a field of CSV that no spreadsheet takes for a formula: text that it might take for one has an apostrophe before
// it. Blanks before the mark count for nothing, and full-width marks for the plain ones. Signed numbers, with a unit or without,
// are left as they are: they compute nothing.
func Inert(s string) string {
	rest := strings.TrimLeft(s, blanks)
	mark, tail := "", ""
	for _, m := range formulaMarks() {
		if after, ok := strings.CutPrefix(rest, m); ok {
			mark, tail = m, after
		}
	}
	if mark == "" && (s == "" || strings.IndexByte("\t\r\n", s[0]) < 0) || (mark == "+" || mark == "-") && len(rest) == len(s) && isFigure(tail) {
		return s
	}
	return "'" + s
}

// blanks are what spreadsheets leave out before a formula, the mark of byte order at a file's beginning among them.
const blanks = " \t\r\n\v\f\u00a0\u3000\ufeff"

func formulaMarks() []string { return []string{"=", "+", "-", "@", "＝", "＋", "－", "＠"} }

// isFigure tells whether what stands behind a sign is a number and perhaps its unit. No call, reference to a sheet or link to a
// program does without one of the characters that it refuses.
func isFigure(s string) bool {
	digits := false
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits = true
		case r == '.', r == ',' && digits:
		case (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '%' || r == 'µ' || r == ' ') && digits:
		case (r == '-' || r == '+') && digits && (s[i-1] == 'e' || s[i-1] == 'E') && len(s) > i+1 && s[i+1] >= '0' && s[i+1] <= '9': // 1e-5
		default:
			return false
		}
	}
	return digits || s == ""
}

// inertParts makes a field of a file that is made for spreadsheets. Where a reader parts fields at semicolons or tabs, as Excel
// does in half of Europe, or does not heed the quotes around a line feed, a formula may stand behind each of them. Control
// characters, which sheets have no place for and terminals obey, become marks.
func inertParts(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 0x7f && Obeyed(r) {
			return '?'
		}
		return r
	}, printable(s))
	if !strings.ContainsAny(s, ";\t\n") {
		return Inert(s)
	}
	var b strings.Builder
	for s != "" {
		end := strings.IndexAny(s, ";\t\n") + 1
		if end == 0 {
			end = len(s)
		}
		part := s[:end]
		if part != "\n" && part != "\t" { // the part behind says whether it needs a mark
			part = Inert(part)
		}
		b.WriteString(part)
		s = s[end:]
	}
	return Inert(b.String())
}
