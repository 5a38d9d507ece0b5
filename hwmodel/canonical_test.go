package hwmodel

import (
	"reflect"
	"testing"

	"tcmdse/hwmodel/estimate"
)

const keyArch = `name: a
clock: 1GHz
nodes:
  - {memory: D, size: unlimited, keep: all, read: {bandwidth: 1GB/s}}
  - {memory: G, size: 64KiB, width: 64b, read: {energy: 6.4pJ, bandwidth: 8B/cycle}}
  - {compute: M, energy: 1pJ, throughput: 1/cycle}
`

// TestKey: a key is that of the numbers, not of how they are written, and follows every one of them.
func TestKey(t *testing.T) {
	base, err := ParseSpec([]byte(keyArch), "a.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, text string
		same       bool
	}{
		{"G.size", "65536B", true}, {"G.size", "524288b", true}, {"G.size", "65537B", false}, {"clock", "1000MHz", true},
		{"G.read.bandwidth", "8GB/s", true}, {"G.read.bandwidth", "1/cycle", true}, {"G.read.bandwidth", "1e9/s", true},
		{"G.read.bandwidth", "8.000000000000000000001GB/s", false}, {"G.read.bandwidth", "unlimited", false},
		{"G.read.energy", "0.1pJ/bit", true}, {"G.read.energy", "100fJ/bit", true}, {"G.read.energy", "0.1000000001pJ/bit", false},
		{"M.throughput", "1e9/s", true}, {"G.write.bandwidth", "8GB/s", false}, {"G.width", "8B", true},
		{"G.width", "32b", false}, {"clock", "2GHz", false}, {"M.energy", "1000fJ", true},
	} {
		other := base.Clone()
		if err := other.Set(c.path, c.text); err != nil {
			t.Fatal(err)
		}
		if (other.Key() == base.Key()) != c.same {
			t.Errorf("%s=%s: same key %v, want %v", c.path, c.text, !c.same, c.same)
		}
		e, _ := base.Edit(c.path, c.text)
		applied, anew := base.Clone(), other.Clone()
		applied.Apply(e)
		for i := range anew.nodes {
			anew.nodes[i].exact = ""
		}
		if applied.Key() != other.Key() || anew.Key() != other.Key() {
			t.Errorf("%s=%s: the key depends on how the architecture came about", c.path, c.text)
		}
	}
}

// TestCloneApart: what is set on a clone shows neither on the original nor on another clone.
func TestCloneApart(t *testing.T) {
	base, err := Open("eyeriss", "")
	if err != nil {
		t.Fatal(err)
	}
	key, a, b := base.Key(), base.Clone(), base.Clone()
	for _, kv := range [][2]string{{"GLB.size", "1KiB"}, {"PE.x", "3"}, {"clock", "1MHz"}, {"GLB.bandwidth", "1B/cycle"}, {"MAC.format", "int8"}} {
		if err := a.Set(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	if base.Key() != key || b.Key() != key || a.Key() == key {
		t.Error("a clone's settings have to stay its own")
	}
}

// TestPriceKey: the cache's key has every field of a query, so that two that differ are never taken for one.
func TestPriceKey(t *testing.T) {
	q := reflect.TypeFor[estimate.Query]()
	for i := range q.NumField() {
		f := q.Field(i)
		if f.Name == "Dims" {
			continue
		}
		var query estimate.Query
		switch v := reflect.ValueOf(&query).Elem().Field(i); f.Type.Kind() {
		case reflect.String:
			v.SetString("x")
		case reflect.Float64:
			v.SetFloat(1)
		case reflect.Int64:
			v.SetInt(1)
		case reflect.Bool:
			v.SetBool(true)
		default:
			t.Fatalf("%s is of a kind that the key does not know", f.Name)
		}
		if keyOf(query) == (priceKey{}) {
			t.Errorf("%s is not in the key", f.Name)
		}
	}
}

// TestPricesShared: answers from the cache are those of the tables, also after it started anew, and for clones at once.
func TestPricesShared(t *testing.T) {
	base, err := Open("eyeriss", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []string{"32KiB", "33KiB", "32KiB", "108KiB"} {
		c, fresh := base.Clone(), base.Clone()
		fresh.prices = newPriceCache()
		for _, s := range []*Spec{c, fresh} {
			if err := s.Set("GLB.size", size); err != nil {
				t.Fatal(err)
			}
		}
		a, err := c.Build()
		if err != nil {
			t.Fatal(err)
		}
		b, err := fresh.Build()
		if err != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %v %v", size, err, b.AreaM2())
		}
	}
	if n := len(base.prices.done); n == 0 {
		t.Error("nothing was remembered")
	}
}
