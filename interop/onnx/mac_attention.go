package onnx

import (
	"slices"

	"tcmdse/mapper/workload"
)

// attentionRules adds fused attention: ONNX's own operator of opset 23, and ONNX Runtime's.
func attentionRules(out map[string]rule) {
	add := func(name string, read func(*call) (attention, error), least int) {
		out[name] = rule{work: multiply, least: least,
			shape: func(c *call) error {
				a, err := read(c)
				if err == nil {
					c.giveAttention(a)
				}
				return err
			},
			mac: func(c *call) error {
				a, err := read(c)
				if err != nil {
					return err
				}
				return c.attentionLayers(a)
			}}
	}
	add("Attention", (*call).attention23, 3)
	add("com.microsoft.Attention", (*call).attentionMS, 2)
	add("com.microsoft.QAttention", (*call).attentionMS, 2)
	add("com.microsoft.MultiHeadAttention", (*call).multiHead, 1)
	add("com.microsoft.GroupQueryAttention", (*call).groupQuery, 1)
}

// attention is softmax(Q K) V over heads. Keys and values may have fewer heads, each for a group of query heads. It is
// counted in full, whether a mask leaves some of it out or not.
type attention struct {
	batch, heads, kvHeads int64
	queries, keys         int64 // positions; keys with those of the past
	width, valueWidth     int64 // of a head
	projectFrom           int64 // 0: Q, K and V come in ready; else the width that one product makes all three from
	out                   []int64
	q, k, v               int // inputs that they are
}

// past is how many positions a past tensor [..., positions, width] adds.
func (c *call) past(i int) int64 {
	if v := c.arg(i); v != nil && v.rank() >= 4 {
		return v.shape[v.rank()-2]
	}
	return 0
}

// heads reads an attribute of a number of heads that has to divide width.
func (c *call) heads(name string, width int64) (int64, error) {
	h := c.int(name, 0)
	if h < 1 || width%h != 0 {
		return 0, c.bad("%s is %d for a width of %d", name, h, width)
	}
	return h, nil
}

// attention23: Q, K and V are [batch, heads, positions, width] or [batch, positions, heads * width].
func (c *call) attention23() (attention, error) {
	q, k, v := c.in[0].shape, c.in[1].shape, c.in[2].shape
	a := attention{q: 0, k: 1, v: 2}
	if len(k) != len(q) || len(v) != len(q) || len(q) != 3 && len(q) != 4 {
		return a, c.bad("Q, K and V of shapes %v, %v and %v", q, k, v)
	}
	if len(q) == 3 {
		var err error
		if a.heads, err = c.heads("q_num_heads", q[2]); err != nil {
			return a, err
		}
		if a.kvHeads, err = c.heads("kv_num_heads", k[2]); err != nil {
			return a, err
		}
		if v[2]%a.kvHeads != 0 {
			return a, c.bad("values of width %d for %d heads", v[2], a.kvHeads)
		}
		a.queries, a.keys, a.width, a.valueWidth = q[1], k[1], q[2]/a.heads, v[2]/a.kvHeads
		a.out = []int64{q[0], q[1], c.times(a.heads, a.valueWidth)}
	} else {
		a.heads, a.kvHeads, a.queries, a.keys, a.width, a.valueWidth = q[1], k[1], q[2], k[2], q[3], v[3]
		a.out = []int64{q[0], q[1], q[2], v[3]}
	}
	a.batch, a.keys = q[0], a.keys+c.past(4)
	if a.kvHeads < 1 || a.heads%a.kvHeads != 0 || k[0] != q[0] {
		return a, c.bad("Q of shape %v and K of shape %v with %d and %d heads", q, k, a.heads, a.kvHeads)
	}
	return a, nil
}

// attentionMS: input [batch, positions, width], one weight for Q, K and V beside one another.
func (c *call) attentionMS() (attention, error) {
	x, w := c.in[0].shape, c.in[1].shape
	a := attention{q: 0, k: 0, v: 0}
	if len(x) != 3 || len(w) != 2 || w[0] != x[2] {
		return a, c.bad("weights of shape %v for an input of shape %v", w, x)
	}
	widths, ok := c.list("qkv_hidden_sizes")
	if !ok {
		widths = slices.Repeat([]int64{w[1] / 3}, 3)
	}
	if len(widths) != 3 || slices.Min(widths) < 1 || widths[0] > w[1] || widths[2] > w[1] || widths[0] != widths[1] || 2*widths[0]+widths[2] != w[1] {
		return a, c.bad("widths %v of Q, K and V for weights of shape %v", widths, w)
	}
	h, err := c.heads("num_heads", widths[0])
	if err != nil || widths[2]%h != 0 {
		return a, c.bad("num_heads is %d for widths %v", c.int("num_heads", 0), widths)
	}
	past := 4
	if c.n.op == "QAttention" {
		past = 8
	}
	return attention{batch: x[0], heads: h, kvHeads: h, queries: x[1], keys: x[1] + c.past(past), width: widths[0] / h, valueWidth: widths[2] / h,
		projectFrom: x[2], out: []int64{x[0], x[1], widths[2]}}, nil
}

// multiHead: queries [batch, positions, width]; keys and values alike, or [batch, heads, positions, width of a head], or
// packed into one of the others.
func (c *call) multiHead() (attention, error) {
	q, h := c.in[0].shape, c.int("num_heads", 0)
	a := attention{heads: h, kvHeads: h, q: 0, k: 1, v: 2}
	if h < 1 || len(q) != 3 && len(q) != 5 || len(q) == 3 && q[2]%h != 0 {
		return a, c.bad("queries of shape %v for %d heads", q, h)
	}
	a.batch, a.queries = q[0], q[1]
	key, val := c.arg(1), c.arg(2)
	switch {
	case len(q) == 5 && q[2] == h: // [batch, positions, heads, 3, width of a head]
		a.keys, a.width, a.valueWidth, a.k, a.v = q[1], q[4], q[4], 0, 0
	case len(q) == 3 && key != nil && key.rank() == 5 && key.shape[2] == h: // [batch, positions, heads, 2, width of a head]
		a.keys, a.width, a.valueWidth, a.v = key.shape[1], q[2]/h, key.shape[4], 1
	case len(q) == 3 && key != nil && val != nil && key.rank() == 3 && val.rank() == 3 && val.shape[2]%h == 0:
		a.keys, a.width, a.valueWidth = key.shape[1], q[2]/h, val.shape[2]/h
	case len(q) == 3 && key != nil && val != nil && key.rank() == 4 && val.rank() == 4:
		a.keys, a.width, a.valueWidth = key.shape[2], q[2]/h, val.shape[3]
	default:
		return a, c.bad("queries of shape %v with its keys and values", q)
	}
	a.keys += c.past(6)
	a.out = []int64{q[0], q[1], c.times(h, a.valueWidth)}
	return a, nil
}

// groupQuery: queries [batch, positions, heads * width], keys and values of fewer heads; or all three beside one another.
func (c *call) groupQuery() (attention, error) {
	q, h, kv := c.in[0].shape, c.int("num_heads", 0), c.int("kv_num_heads", 0)
	a := attention{heads: h, kvHeads: kv, q: 0, k: 1, v: 2}
	if len(q) != 3 || h < 1 || kv < 1 || h > 1<<31 || kv > 1<<31 || h%kv != 0 {
		return a, c.bad("queries of shape %v for %d heads, %d for keys and values", q, h, kv)
	}
	a.batch, a.queries, a.keys = q[0], q[1], q[1]
	parts := h
	if key := c.arg(1); key == nil {
		parts, a.k, a.v = h+2*kv, 0, 0
	} else if key.rank() == 3 {
		a.keys = key.shape[1]
	}
	if q[2]%parts != 0 {
		return a, c.bad("queries of shape %v for %d heads, %d for keys and values", q, h, kv)
	}
	a.width = q[2] / parts
	a.valueWidth = a.width
	a.keys += c.past(3)
	a.out = []int64{q[0], q[1], c.times(h, a.width)}
	return a, nil
}

func (c *call) giveAttention(a attention) {
	typ := c.in[0].typ
	c.give(0, shaped(typ, a.out...))
	if c.n.kind() == "Attention" || c.n.op == "GroupQueryAttention" || c.n.op == "MultiHeadAttention" {
		c.give(1, shaped(typ, a.batch, a.kvHeads, a.keys, a.width))
		c.give(2, shaped(typ, a.batch, a.kvHeads, a.keys, a.valueWidth))
	}
}

// attentionLayers emits the projection, if there is one, and the two products; the group of query heads that share a head
// of keys and values are rows of one product.
func (c *call) attentionLayers(a attention) error {
	if a.projectFrom > 0 {
		wide := c.times(a.heads, 2*a.width+a.valueWidth)
		if err := c.product(operands{0, 1}, ".qkv", 1, productShape{1, c.times(a.batch, a.queries), a.projectFrom, wide}); err != nil {
			return err
		}
	}
	batch, rows := c.times(a.batch, a.kvHeads), c.times(a.heads/a.kvHeads, a.queries)
	if err := c.dynamic(operands{a.q, a.k}, ".qk", batch, rows, a.width, a.keys); err != nil {
		return err
	}
	return c.dynamic(operands{a.q, a.v}, ".av", batch, rows, a.keys, a.valueWidth)
}

// dynamic is a product that keeps its operands' places: keys and values take the role of weights.
func (c *call) dynamic(at operands, suffix string, batch, m, k, n int64) error {
	if batch == 0 {
		return nil
	}
	if batch == 1 {
		batch = 0
	}
	return c.layer(at, suffix, 1, workload.Matmul(batch, m, k, n))
}
