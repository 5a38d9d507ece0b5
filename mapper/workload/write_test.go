package workload

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestWriteNets: every embedded network, written and read, is the same, in the forms that its own file uses.
func TestWriteNets(t *testing.T) {
	for _, name := range Names() {
		n, err := Open(name, "")
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := Write(&b, n, Doc{}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back, err := Parse(b.Bytes(), name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(n, back) {
			t.Errorf("%s is not the same written and read:\n%s", name, b.String())
		}
		own, err := NetYAML(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{"conv: {", "matmul: {", "einsum: "} {
			if want, got := bytes.Count(own, []byte(form)), strings.Count(b.String(), form); want != got {
				t.Errorf("%s has %d layers written as %s, written anew %d", name, want, form, got)
			}
		}
	}
}

// TestWriteRandom: random layers of every form, with names, roles and widths that need care.
func TestWriteRandom(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := &Network{Name: rapid.SampledFrom([]string{"net", "null", "yes", "a-b"}).Draw(r, "name")}
		for i := range rapid.IntRange(1, 3).Draw(r, "layers") {
			n.Layers = append(n.Layers, randomLayer(r, i))
		}
		doc := Doc{Description: rapid.String().Draw(r, "description"), Source: rapid.String().Draw(r, "source"), Comments: []string{rapid.String().Draw(r, "comment")},
			Layers: map[string]string{n.Layers[0].Name: rapid.String().Draw(r, "layer comment")}}
		var b bytes.Buffer
		if err := Write(&b, n, doc); err != nil {
			r.Fatalf("%v\n%+v", err, n)
		}
		back, err := Parse(b.Bytes(), "f")
		if err != nil {
			r.Fatal(err)
		}
		if !reflect.DeepEqual(n, back) {
			r.Fatalf("not the same:\n%+v\n%+v\n%s", n, back, b.String())
		}
	})
}

func randomLayer(r *rapid.T, i int) Layer {
	size := func(name string) int64 { return rapid.Int64Range(1, 9).Draw(r, name) }
	l := Layer{Name: fmt.Sprintf(rapid.SampledFrom([]string{"l%d", "%d", "a/b.%d", "0x%d", "%de3"}).Draw(r, "form"), i), Count: size("count")}
	switch rapid.IntRange(0, 2).Draw(r, "kind") {
	case 0:
		g := size("groups")
		l.Einsum = Conv(ConvShape{N: size("n"), C: g * size("c"), M: g * size("m"), P: size("p"), Q: size("q"), R: size("r"), S: size("s"), Groups: g,
			StrideH: size("sh"), StrideW: size("sw"), DilationH: size("dh"), DilationW: size("dw")})
	case 1:
		l.Einsum = Matmul(rapid.Int64Range(0, 3).Draw(r, "b"), size("m"), size("k"), size("n"))
	default:
		text := rapid.SampledFrom([]string{"Z[y,n] = A[y,2*n+k] * B[k]", "Z[] = A[i] * A2[i]", "Z[null,m] = A[m,null,x] * B[x] * C[m]"}).Draw(r, "einsum")
		e, err := ParseEinsum(text)
		if err != nil {
			r.Fatal(err)
		}
		for i := range e.Vars {
			e.Vars[i].Size = size("size")
		}
		if rapid.Bool().Draw(r, "swap") {
			e.Tensors[0].Role, e.Tensors[1].Role = e.Tensors[1].Role, e.Tensors[0].Role
		}
		l.Einsum = e
	}
	equal := rapid.Bool().Draw(r, "equal")
	for i := range l.Einsum.Tensors {
		if l.Einsum.Tensors[i].Bits = 8; !equal {
			l.Einsum.Tensors[i].Bits = size("bits")
		}
	}
	return l
}

// TestWriteRefused: what no file can say is an error, not another network.
func TestWriteRefused(t *testing.T) {
	e := Matmul(0, 2, 3, 4)
	for i := range e.Tensors {
		e.Tensors[i].Bits = 8
	}
	ok := Layer{Name: "l", Count: 1, Einsum: e}
	noRole := ok
	noRole.Einsum.Tensors = append([]Tensor(nil), e.Tensors...)
	noRole.Einsum.Tensors[0].Role = ""
	long := ok
	long.Einsum = Matmul(0, 1<<40, 1<<40, 1)
	for _, c := range []struct {
		layers []Layer
		want   string
	}{
		{nil, "of no layers"},
		{[]Layer{ok, ok}, "two layers of one name"},
		{[]Layer{{Name: "a b", Count: 1, Einsum: e}}, "not a name of a layer"},
		{[]Layer{{Name: "l", Einsum: e}}, "count"},
		{[]Layer{noRole}, "layer l: tensor I has the role"},
		{[]Layer{long}, "1208925819614629174706176 multiply-accumulates are more than can be counted"},
	} {
		var b bytes.Buffer
		err := Write(&b, &Network{Name: "n", Layers: c.layers}, Doc{})
		if err == nil || !strings.Contains(err.Error(), c.want) || b.Len() > 0 {
			t.Errorf("%+v: error %v, want %q", c.layers, err, c.want)
		}
	}
}

func TestSetSizes(t *testing.T) {
	for _, c := range []struct {
		sizes map[string]int64
		want  string
	}{
		{map[string]int64{"m": 2, "n": 3, "k": 4}, ""},
		{map[string]int64{"m": 2, "n": 3}, "rank variable k has no size"},
		{map[string]int64{"m": 2, "n": 3, "k": 0}, "rank variable k has no size"},
		{map[string]int64{"m": 2, "n": 3, "k": 4, "x": 1}, `no rank variable "x"; it has m, n, k`},
	} {
		e, err := ParseEinsum("Z[m,n] = A[m,k] * B[n,k]")
		if err != nil {
			t.Fatal(err)
		}
		if err := e.SetSizes(c.sizes); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.sizes, err, c.want)
		}
	}
}
