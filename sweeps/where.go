package sweeps

import (
	"errors"

	"tcmdse/internal/yamlsrc"
)

// condition is one rule of `where`.
type condition struct {
	text  string
	e     *expr
	key   string
	line  int
	depth int // the last axis that it depends on, -1: none
}

// readCondition parses a rule and checks its paths and dimensions.
func (s *Sweep) readCondition(v yamlsrc.Value) *condition {
	c := &condition{text: v.Str(), key: v.Path(), line: v.Line()}
	var err error
	if c.e, err = parseExpr(c.text, s.hyphened()); err == nil {
		err = s.prepare(c)
	}
	if err != nil {
		explain(v, err)
	}
	return c
}

// prepare binds a condition to the sweep's paths and checks it.
func (s *Sweep) prepare(c *condition) error {
	var err error
	if c.depth, err = s.bind(c.e, c.text, nil); err != nil {
		return err
	}
	k, err := c.e.check(c.text)
	if err == nil && !k.truth {
		err = &exprError{text: c.text, at: c.e.at, msg: k.a() + " where a condition is needed", allowed: "such as GLB.size >= 4 * RF.size && PE.x <= 32"}
	}
	return err
}

func (c *condition) holds(p *point) (bool, error) {
	v, err := c.e.eval(c.text, p)
	return v.truth, err
}

// atPoint is a mistake that shows only at some point of the grid.
func (s *Sweep) atPoint(p *point, key string, line int, err error) error {
	out := &yamlsrc.Error{File: s.File, Line: line, Key: key, Msg: err.Error(), Given: p.describe()}
	var e *exprError
	if errors.As(err, &e) {
		out.Msg, out.Allowed, out.Detail = e.msg, e.allowed, e.caret()
	}
	return out
}
