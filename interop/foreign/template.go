package foreign

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tcmdse/internal/yamlsrc"
	"tcmdse/interop/expr"
)

// Bounds of a rendered template.
const (
	maxText  = 8 << 20
	maxSteps = 200_000
	maxTags  = 60 // blocks within blocks
)

// render evaluates the small part of Jinja that published architectures and workloads use: {% set x = ... %} with the
// filter default(...), {{ expression }}, {% for i in range(...) %}, {% if %}, {% elif %}, {% else %}, comments. Anything
// else, such as include, is an error that names file and line. lines gives the template's line of each line of the text.
func render(text, file string, set map[string]string) (out string, lines []int, err error) {
	if len(text) > maxText {
		return "", nil, &yamlsrc.Error{File: file, Msg: fmt.Sprintf("a template of more than %d MiB", maxText>>20)}
	}
	if !utf8.ValidString(text) {
		return "", nil, &yamlsrc.Error{File: file, Line: 1, Msg: "not valid YAML: not UTF-8 text"}
	}
	t := &template{file: file, vars: map[string]any{}, given: map[string]bool{}}
	for k, v := range set {
		t.given[k] = true
		if t.vars[k] = any(v); v != "" {
			if x, err := expr.Eval(v, nil); err == nil {
				t.vars[k] = x
			}
		}
	}
	if err := t.split(text); err != nil {
		return "", nil, err
	}
	if err := t.run(0, len(t.parts), 0); err != nil {
		return "", nil, err
	}
	s := t.out.String()
	return s, t.lines(s), nil
}

// part is a stretch of text, an expression or a statement.
type part struct {
	kind byte // 't' text, 'e' expression, 's' statement
	text string
	line int
}

type template struct {
	file  string
	parts []part
	vars  map[string]any
	given map[string]bool // set from outside: set statements leave them
	out   strings.Builder
	marks []mark
	steps int
}

// mark says that the output from a byte on is from a line of the template.
type mark struct{ at, line int }

func (t *template) fail(line int, msg, given, allowed string) error {
	return &yamlsrc.Error{File: t.file, Line: line, Msg: msg, Given: given, Allowed: allowed}
}

func (t *template) split(text string) error {
	line := 1
	for text != "" {
		i := opening(text)
		if i > 0 {
			t.parts = append(t.parts, part{'t', text[:i], line})
			line += strings.Count(text[:i], "\n")
			text = text[i:]
			continue
		}
		closing := map[byte]string{'{': "}}", '%': "%}", '#': "#}"}[text[1]]
		end := 2 + strings.Index(text[2:], closing)
		if end < 2 {
			return t.fail(line, "a template tag is not closed", short1(text), closing)
		}
		body := strings.TrimSpace(strings.Trim(text[2:end], "-"))
		switch text[1] {
		case '{':
			t.parts = append(t.parts, part{'e', body, line})
		case '%':
			t.parts = append(t.parts, part{'s', body, line})
			if rest := text[end+2:]; strings.HasPrefix(rest, "\n") && t.alone() {
				end++ // a statement alone on its line leaves no blank line
			}
		}
		line += strings.Count(text[:end+2], "\n")
		text = text[end+2:]
	}
	return nil
}

// opening returns where the first tag begins, the text's length without one.
func opening(text string) int {
	for i := 0; i+1 < len(text); i++ {
		j := strings.IndexByte(text[i:], '{')
		if j < 0 || i+j+1 == len(text) {
			break
		}
		if i += j; strings.IndexByte("{%#", text[i+1]) >= 0 {
			return i
		}
	}
	return len(text)
}

// alone reports whether the statement just read has only blanks before it on its line, and removes them.
func (t *template) alone() bool {
	n := len(t.parts)
	if n < 2 {
		return true
	}
	p := &t.parts[n-2]
	if p.kind != 't' {
		return p.kind == 's'
	}
	i := strings.LastIndexByte(p.text, '\n')
	if strings.TrimSpace(p.text[i+1:]) != "" {
		return false
	}
	if i >= 0 || n == 2 || t.parts[n-3].kind == 's' {
		p.text = p.text[:i+1]
	}
	return true
}

func short1(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if len(s) > 60 {
		s = s[:60]
	}
	return strings.ToValidUTF8(s, "?")
}

func (t *template) names(name string) (any, bool) { v, ok := t.vars[name]; return v, ok }

var (
	setTag     = regexp.MustCompile(`^set\s+(\w+)\s*=\s*(.*)$`)
	forTag     = regexp.MustCompile(`^for\s+(\w+)\s+in\s+range\((.*)\)$`)
	defaultTag = regexp.MustCompile(`^(\w+)\s*\|\s*default\((.*)\)$`)
)

// value evaluates an expression with perhaps the filter default.
func (t *template) value(text string, line int) (any, error) {
	if m := defaultTag.FindStringSubmatch(text); m != nil {
		if v, ok := t.vars[m[1]]; ok {
			return v, nil
		}
		text = m[2]
	}
	v, err := expr.Eval(text, t.names)
	if err == nil {
		return v, nil
	}
	hint := "set, if, for in range(), default(), arithmetic; give variables with --set NAME=VALUE"
	if strings.Contains(text, "include") || strings.Contains(text, "add_to_path") {
		return nil, t.fail(line, "the template includes another file, which is not done here", short1(text), "the included files themselves as further arguments, without this line")
	}
	return nil, t.fail(line, "a template expression that cannot be evaluated: "+err.Error(), short1(text), hint)
}

// run renders parts from, to (exclusive).
func (t *template) run(from, to, depth int) error {
	if depth > maxTags {
		return t.fail(t.parts[from].line, "more than 60 blocks within each other", "", "")
	}
	for i := from; i < to; i++ {
		p := t.parts[i]
		if t.steps++; t.steps > maxSteps || t.out.Len() > maxText {
			return t.fail(p.line, "the template unfolds without end", "", "")
		}
		switch p.kind {
		case 't':
			t.marks = append(t.marks, mark{t.out.Len(), p.line})
			t.out.WriteString(p.text)
		case 'e':
			v, err := t.value(p.text, p.line)
			if err != nil {
				return err
			}
			t.marks = append(t.marks, mark{t.out.Len(), p.line})
			t.out.WriteString(textOf(v))
		case 's':
			end, err := t.statement(i, to, depth)
			if err != nil {
				return err
			}
			i = end
		}
	}
	return nil
}

func textOf(v any) string {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	}
	return fmt.Sprint(v)
}

// statement runs the statement at i and returns the index of its last part.
func (t *template) statement(i, to, depth int) (int, error) {
	p := t.parts[i]
	word, _, _ := strings.Cut(p.text, " ")
	switch word {
	case "set":
		m := setTag.FindStringSubmatch(p.text)
		if m == nil {
			return 0, t.fail(p.line, "not a set statement", short1(p.text), "set NAME = EXPRESSION")
		}
		v, err := t.value(strings.TrimSpace(m[2]), p.line)
		if err != nil {
			return 0, err
		}
		if !t.given[m[1]] {
			t.vars[m[1]] = v
		}
		return i, nil
	case "for":
		return t.loop(i, to, depth)
	case "if":
		return t.branch(i, to, depth)
	}
	return 0, t.fail(p.line, "a template statement that is not evaluated here", short1(p.text), "set, if, elif, else, endif, for NAME in range(), endfor")
}

// block returns the indices of a block's own statements among words, the closing one last.
func (t *template) block(i, to int, opening, closing string, between ...string) ([]int, error) {
	out, deep := []int{i}, 0
	for j := i + 1; j < to; j++ {
		if t.parts[j].kind != 's' {
			continue
		}
		word, _, _ := strings.Cut(t.parts[j].text, " ")
		switch {
		case word == opening:
			deep++
		case word == closing && deep == 0:
			return append(out, j), nil
		case word == closing:
			deep--
		case deep == 0 && slices.Contains(between, word):
			out = append(out, j)
		}
	}
	return nil, t.fail(t.parts[i].line, opening+" without "+closing, short1(t.parts[i].text), closing)
}

func (t *template) loop(i, to, depth int) (int, error) {
	p := t.parts[i]
	at, err := t.block(i, to, "for", "endfor")
	if err != nil {
		return 0, err
	}
	m := forTag.FindStringSubmatch(p.text)
	if m == nil {
		return 0, t.fail(p.line, "a loop that is not evaluated here", short1(p.text), "for NAME in range(FROM, TO)")
	}
	var bounds []float64
	for _, b := range strings.Split(m[2], ",") {
		if len(bounds) == 2 {
			return 0, t.fail(p.line, "a loop with a step", short1(p.text), "for NAME in range(FROM, TO)")
		}
		f, err := expr.Number(b, t.names)
		if err != nil || f != math.Trunc(f) || math.Abs(f) > 1e6 {
			return 0, t.fail(p.line, "not the bounds of a loop", short1(p.text), "whole numbers; give variables with --set NAME=VALUE")
		}
		bounds = append(bounds, f)
	}
	from, end := 0.0, bounds[0]
	if len(bounds) > 1 {
		from, end = bounds[0], bounds[1]
	}
	for x := from; x < end; x++ {
		if t.steps++; t.steps > maxSteps {
			return 0, t.fail(p.line, "the template unfolds without end", "", "")
		}
		t.vars[m[1]] = x
		if err := t.run(i+1, at[1], depth+1); err != nil {
			return 0, err
		}
	}
	return at[1], nil
}

func (t *template) branch(i, to, depth int) (int, error) {
	at, err := t.block(i, to, "if", "endif", "elif", "else")
	if err != nil {
		return 0, err
	}
	for k := 0; k+1 < len(at); k++ {
		p := t.parts[at[k]]
		word, cond, _ := strings.Cut(p.text, " ")
		if word != "else" {
			v, err := t.value(strings.TrimSpace(cond), p.line)
			if err != nil {
				return 0, err
			}
			if ok, _ := expr.Truth("v", func(string) (any, bool) { return v, true }); !ok {
				continue
			}
		}
		return at[len(at)-1], t.run(at[k]+1, at[k+1], depth+1)
	}
	return at[len(at)-1], nil
}

// lines returns the template's line of each line of the output.
func (t *template) lines(s string) []int {
	out, k, line := []int{1}, -1, 1
	for i := range len(s) {
		for k+1 < len(t.marks) && t.marks[k+1].at <= i {
			k++
			line = t.marks[k].line
		}
		if i == 0 {
			out[0] = line
		}
		if s[i] == '\n' {
			line++
			out = append(out, line)
		} else if n := len(out); out[n-1] < line && (i == 0 || s[i-1] == '\n') {
			out[n-1] = line
		}
	}
	return out
}
