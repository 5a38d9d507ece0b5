package timeloop

import (
	"errors"
	"os"
	"strings"
	"testing"

	"tcmdse/internal/yamlsrc"
)

func example(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestErrors changes one thing in a good file and expects file, line and what is wrong.
func TestErrors(t *testing.T) {
	for _, c := range []struct{ name, old, new, line, want string }{
		{"version", "version: 0.4\n  nodes", "version: 0.9\n  nodes", ":4:", "not a version"},
		{"target", "target: GlobalBuffer", "target: GlobalBufer", ":25:", `did you mean "GlobalBuffer"`},
		{"dimension", "[R=3, P=1, K=32, C=2]", "[R=3, X=2, K=32, C=2]", ":25:", `the layer has no dimension "X"`},
		{"product", "[R=3, P=1, K=32, C=2]", "[R=3, P=1, K=16, C=2]", ":23:", "dimension K multiply to 16, and its size is 32"},
		{"too much", "[R=3, P=1, K=32, C=2]", "[R=3, P=2, K=32, C=2]", ":23:", "dimension P multiply to more than its size of 16"},
		{"imperfect", "[R=3, P=1, K=32, C=2]", `["R=3", "P=3,2", K=32, C=2]`, ":25:", "imperfect factors are not taken"},
		{"bound", "[R=3, P=1, K=32, C=2]", `["R<=3", P=1, K=32, C=2]`, ":25:", "a bound where a mapping needs a factor"},
		{"kind", "target: GlobalBuffer, type: temporal", "target: GlobalBuffer, type: temporl", ":25:", "not a kind of directive"},
		{"twice", "permutation: [P, R, K, C]}\n- {target: Reg", "permutation: [P, P, K, C]}\n- {target: Reg", ":25:", "dimension P stands twice"},
		{"directive twice", "target: RegisterFile, type: temporal", "target: GlobalBuffer, type: temporal", ":26:", "a second temporal directive"},
		{"spatial at memory", "target: PE, type: spatial", "target: RegisterFile, type: spatial", ":24:", "no array"},
		{"loops at array", "target: PE, type: spatial", "target: PE, type: temporal", ":24:", "an array, which stores nothing"},
		{"size missing", "instance: {C: 32, K: 32, R: 3, P: 16}", "instance: {C: 32, K: 32, R: 3}", ":21:", "no size for dimension P"},
		{"size huge", "P: 16}", "P: 1e300}", ":21:", "not a whole number in range"},
		{"unknown dimension", "[[[K]], [[P]]], read", "[[[K]], [[J]]], read", ":20:", "no such dimension"},
		{"no output", ", read_write: true", "", ":18:", "no Einsum"},
		{"no tag", "!Container {name: PE", "{name: PE", ":8:", "a node without a type"},
		{"other tag", "!Container {name: PE", "!Tray {name: PE", ":8:", "a type of node that is not known"},
		{"depth", "depth: 64", "depth: 64 apples", ":10:", "not a number"},
		{"huge", "depth: 64", "depth: 1e15, width: 1e15, x: 1", ":10:", ""},
		{"bits", "depth: 32768, width: 64", "depth: 9e15, width: 9e15", ":9:", "more bits than can be counted"},
		{"mesh", "meshX: 16", "meshX: -1", ":8:", "whole numbers from 1"},
		{"cycle", "global_cycle_seconds: 1e-9", "global_cycle_seconds: 0", ":6:", "not the time of one cycle"},
		{"technology", `technology: "40nm"`, `technology: "0.001nm"`, ":6:", "not a feature size"},
		{"alias", "problem:\n", "loop: &a [*a]\nproblem:\n", "", "inside what it stands for"},
		{"yaml", "problem:\n", "problem: [\n", "", "not valid YAML"},
		{"include", "architecture:\n", "{{include('x.yaml')}}\narchitecture:\n", ":3:", "includes another file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := example(t, "spatial.yaml")
			if strings.Count(text, c.old) == 0 {
				t.Fatalf("%q is not in the example", c.old)
			}
			_, err := Read([]File{{Name: "in.yaml", Data: []byte(strings.Replace(text, c.old, c.new, 1))}}, Options{})
			var bad *yamlsrc.Error
			if !errors.As(err, &bad) {
				t.Fatalf("error %v, of type %T", err, err)
			}
			if !strings.HasPrefix(err.Error(), "in.yaml"+c.line) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, want in.yaml%s and %q", err, c.line, c.want)
			}
		})
	}
}

// TestNothingDropped puts keys that nobody knows at every place and finds each in the list.
func TestNothingDropped(t *testing.T) {
	text := example(t, "spatial.yaml")
	for _, r := range [][2]string{{"version: 0.4\n  nodes", "version: 0.4\n  odd1: 1\n  nodes"}, {"{name: PE, spatial: {meshX: 16}}", "{name: PE, odd2: x, spatial: {meshX: 16, odd3: 2}}"},
		{"depth: 32768,", "depth: 32768, odd4: 4,"}, {"instance: {", "instance: {odd5: 7, "}, {"name: Inputs,", "name: Inputs, odd6: [1],"},
		{"problem:\n", "odd7: {a: b}\nproblem:\n"}, {"{target: GlobalBuffer,", "{odd8: 3, target: GlobalBuffer,"}, {`technology: "40nm"`, `technology: "40nm", odd9: 2`}} {
		if !strings.Contains(text, r[0]) {
			t.Fatal(r[0])
		}
		text = strings.Replace(text, r[0], r[1], 1)
	}
	im, err := Read([]File{{Name: "in.yaml", Data: []byte(text)}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(im.Notes.LeftOut) != 9 {
		t.Errorf("%d left out: %v", len(im.Notes.LeftOut), im.Notes.LeftOut)
	}
	for _, k := range []string{"odd1", "odd2", "odd3", "odd4", "odd5", "odd6", "odd7", "odd8", "odd9"} {
		found := false
		for _, n := range im.Notes.LeftOut {
			if strings.HasSuffix(n.Key, k) {
				found = n.Line > 0 && n.File == "in.yaml"
			}
		}
		if !found {
			t.Errorf("%s is not among what was left out", k)
		}
	}
}
