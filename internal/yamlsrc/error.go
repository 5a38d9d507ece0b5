package yamlsrc

import (
	"fmt"
	"strings"
)

// Error is a mistake in an input file.
type Error struct {
	File    string
	Line    int // 0: unknown
	Col     int
	Key     string // path of keys, such as nodes[2].size
	Msg     string
	Given   string
	Allowed string
	Detail  string // further lines, such as an expression with a caret under the place
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Key != "" {
		fmt.Fprintf(&b, ": %s", e.Key)
	}
	fmt.Fprintf(&b, ": %s", e.Msg)
	if e.Given != "" {
		fmt.Fprintf(&b, "; given %q", e.Given)
	}
	if e.Allowed != "" {
		fmt.Fprintf(&b, "; allowed: %s", e.Allowed)
	}
	if e.Detail != "" {
		b.WriteString("\n" + e.Detail)
	}
	return b.String()
}

// On returns the mistake as one of something that was given elsewhere than in a file, such as "--set PE.x=0", and that
// shows what was given.
func (e *Error) On(what string) *Error {
	c := *e
	c.File, c.Line, c.Col, c.Key, c.Given = what, 0, 0, "", ""
	return &c
}

func syntax(file string, err error) error {
	e := &Error{File: file, Msg: "not valid YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	if err.Error() == "EOF" {
		e.Msg = "the file is empty"
	}
	if n, _ := fmt.Sscanf(err.Error(), "yaml: line %d:", &e.Line); n == 0 {
		e.Line = 1 // yaml.v3 leaves out the first line's number
	}
	return e
}
