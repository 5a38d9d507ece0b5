package yamlsrc

import (
	"errors"
	"strings"
	"testing"

	"tcmdse/internal/boundtest"
	"tcmdse/internal/unit"
)

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"nodes: &a [*a]":                 "f:1: nodes[0][0]: this alias stands inside",
		"a: &x {b: *x}":                  "stands inside",
		"a: {sizes: {p: 2, P: 3, p: 5}}": "given twice",
		"a: 1\n---\n}{[":                 "not valid YAML",
		"a: 1\na: 2":                     "given twice",
		"a: 1\nA: 2":                     "f:2: A: key differs from \"a\" only in case",
		"{1: 2, [3]: 4}":                 "plain name",
		"a: [":                           "not valid YAML",
		"":                               "empty",
		"- 1":                            "not a mapping",
		"a: 1\n---\nb: 2":                "second document",
		"size: 3KiB\nsise: 4":            `f:2: sise: unknown key "sise", did you mean "size"`,
		"size: 3":                        "number without a unit",
		"size: 3Hz":                      "a frequency where a size is needed",
		"size: ":                         "no value given",
		"size: {a: 1}":                   "not a plain value",
		"area: 3KiB":                     "a size where an area is needed; given \"3KiB\"; allowed: an area such as 0.3mm2",
		"only: {frm: 1, to: 2}":          `f:1: only.frm: unknown key "frm", did you mean "from"`,
		"only: {to: 2}":                  `key "from" is missing`,
	} {
		doc, err := Parse([]byte(text), "f")
		if err == nil {
			root := doc.Root()
			root.Get("size").Quantity(unit.Bits)
			root.Get("nodes")
			root.Get("area").Quantity(unit.SquareMetre)
			if only := root.Get("only"); only.Present() {
				only.Only("from", "to")
				only.Need("from")
			}
			root.Get("a")
			root.Done()
			err = doc.Err()
		}
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestBomb: a document that unfolds to billions of values is refused at once.
func TestBomb(t *testing.T) {
	text := "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n"
	for i := range 9 {
		p, n := string(rune('0'+i)), string(rune('1'+i))
		text += "a" + n + ": &a" + n + " [" + strings.Repeat("*a"+p+",", 9) + "*a" + p + "]\n"
	}
	if _, err := Parse([]byte(text), "f"); err == nil {
		t.Error("accepted")
	}
}

// TestOn: a mistake told of a command line's argument no longer names a file, nor what was given twice.
func TestOn(t *testing.T) {
	e := &Error{File: "a.yaml", Line: 3, Key: "PE.x", Msg: "not a number", Given: "q", Allowed: "numbers"}
	if got := e.On("--set PE.x=q").Error(); got != "--set PE.x=q: not a number; allowed: numbers" || e.File != "a.yaml" {
		t.Error(got)
	}
}

func TestSizesKeepCase(t *testing.T) {
	doc, err := Parse([]byte("layer: {sizes: {p: 1, P: 2}}"), "f")
	if err != nil {
		t.Fatal(err)
	}
	s := doc.Root().Get("layer").Get("sizes")
	if s.Get("p").Int(1) != 1 || s.Get("P").Int(1) != 2 || doc.Err() != nil {
		t.Error(doc.Err())
	}
}

func TestNearest(t *testing.T) {
	for in, want := range map[string]string{"GLB.siez": "GLB.size", "size": "size", "zzzzzz": ""} {
		if got := Nearest(in, []string{"GLB.size", "size", "width"}); got != want {
			t.Errorf("Nearest(%s) = %s, want %s", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("a: &x [1]\nb: *x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer boundtest.Cost{}.Start(t)()
		if doc, err := Parse(data, "f"); err == nil {
			doc.Root().Keys()
		}
	})
}
