package onnx

// recurrentShape is that of LSTM, GRU and RNN: X [steps, batch, width], W [directions, gates * hidden, width],
// R [directions, gates * hidden, hidden].
type recurrentShape struct{ steps, batch, width, directions, gates, hidden int64 }

func (c *call) recurrentShape() (s recurrentShape, err error) {
	x, w, r := c.in[0].shape, c.in[1].shape, c.in[2].shape
	s.gates = map[string]int64{"LSTM": 4, "GRU": 3, "RNN": 1}[c.n.op]
	if len(x) != 3 || len(w) != 3 || len(r) != 3 || w[0] != r[0] || w[1] != r[1] || x[2] != w[2] || r[2] > 1<<40 || s.gates*r[2] != w[1] {
		return s, c.bad("X, W and R of shapes %v, %v and %v", x, w, r)
	}
	s.steps, s.batch, s.width, s.directions, s.hidden = x[0], x[1], x[2], w[0], r[2]
	if c.int("layout", 0) != 0 {
		s.steps, s.batch = s.batch, s.steps
	}
	return s, nil
}

func (c *call) recurrent() error {
	s, err := c.recurrentShape()
	if err != nil {
		return err
	}
	typ := c.in[0].typ
	if c.int("layout", 0) != 0 {
		c.give(0, shaped(typ, s.batch, s.steps, s.directions, s.hidden))
		c.give(1, shaped(typ, s.batch, s.directions, s.hidden))
		c.give(2, shaped(typ, s.batch, s.directions, s.hidden))
		return nil
	}
	c.give(0, shaped(typ, s.steps, s.directions, s.batch, s.hidden))
	c.give(1, shaped(typ, s.directions, s.batch, s.hidden))
	c.give(2, shaped(typ, s.directions, s.batch, s.hidden))
	return nil
}

// recurrentLayers emits, for each direction, the product of all inputs with W at once, and one product with R a step: a
// step needs what the one before gave.
func (c *call) recurrentLayers() error {
	s, err := c.recurrentShape()
	if err != nil || s.directions == 0 || s.steps == 0 {
		return err
	}
	wide := c.times(s.gates, s.hidden)
	if err := c.product(operands{0, 1}, ".input", s.directions, productShape{1, c.times(s.steps, s.batch), s.width, wide}); err != nil {
		return err
	}
	return c.product(operands{0, 2}, ".recurrent", c.times(s.directions, s.steps), productShape{1, s.batch, s.hidden, wide})
}
