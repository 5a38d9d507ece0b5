package sweeps

import (
	"fmt"
	"math/big"

	"tcmdse/hwmodel"
	"tcmdse/internal/unit"
	"tcmdse/internal/yamlsrc"
)

// condition is one rule of `where`.
type condition struct {
	text string
	e    *expr
	hits int64 // candidates it let through, to name a rule that rejects all
}

// readCondition parses a rule and tries it on the base architecture with the first value of every axis, which finds
// unknown paths and wrong dimensions.
func (s *Sweep) readCondition(v yamlsrc.Value) *condition {
	c := &condition{text: v.Str()}
	var err error
	if c.e, err = parseExpr(c.text); err == nil {
		first := s.base.Clone()
		for _, a := range s.axes {
			for i := range a.paths {
				if len(a.rows) > 0 && i < len(a.rows[0]) {
					first.Set(a.paths[i], a.rows[0][i]) // tried when the axis was read
				}
			}
		}
		_, err = c.holds(first)
	}
	if err != nil {
		v.Fail(err.Error(), "such as GLB.size >= 4 * RF.size && PE.x <= 32")
	}
	return c
}

func (c *condition) holds(spec *hwmodel.Spec) (bool, error) {
	v, err := c.e.eval(c.text, specScope{spec})
	if err != nil {
		return false, err
	}
	if !v.isBool {
		return false, &exprError{c.text, 0, "a number where a condition is needed"}
	}
	return v.truth, nil
}

type specScope struct{ spec *hwmodel.Spec }

func (s specScope) lookup(path string) (unit.Quantity, error) {
	info, err := s.spec.Path(path)
	if err != nil {
		e := err.(*yamlsrc.Error)
		return unit.Quantity{}, fmt.Errorf("%s", e.Msg)
	}
	if info.Text == "" || info.Text == "unlimited" {
		return unit.Quantity{}, fmt.Errorf("%s has no value in this architecture", path)
	}
	return unit.Parse(info.Text)
}

func (s specScope) clock() *big.Rat {
	q, err := s.lookup("clock")
	if err != nil {
		return nil
	}
	return q.Value
}
