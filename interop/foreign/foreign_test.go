package foreign

import (
	"strings"
	"testing"

	"tcmdse/internal/boundtest"
)

func parse(t *testing.T, text string) *Doc {
	t.Helper()
	d, err := Parse([]byte(text), "f.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestMerge: own keys win, earlier mappings of a list win, <<< goes on inside.
func TestMerge(t *testing.T) {
	d := parse(t, `
base: &a {x: 1, y: 2, deep: {p: 1, q: 2}}
other: &b {y: 3, z: 4}
one: {<<: *a, x: 9}
two: {<<: [*b, *a]}
three: {<<<: *a, deep: {p: 7}}
`)
	r := d.Root()
	for path, want := range map[string]int64{"one.x": 9, "one.y": 2, "two.y": 3, "two.x": 1, "two.z": 4, "three.deep.p": 7, "three.deep.q": 2, "three.x": 1} {
		v := r
		for _, k := range strings.Split(path, ".") {
			v = v.Get(k)
		}
		if got := v.Count(0, nil); got != want {
			t.Errorf("%s is %d, want %d", path, got, want)
		}
	}
	if err := d.Err(); err != nil {
		t.Error(err)
	}
}

func TestRefused(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 9; i++ {
		bomb += strings.NewReplacer("N", string(rune('0'+i)), "M", string(rune('0'+i-1))).Replace("aN: &aN [*aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM]\n")
	}
	for text, want := range map[string]string{
		"":                       "the file is empty",
		"[1]":                    "not a mapping of keys",
		"a: 1\n---\nb: 2":        "a second document",
		"a: 1\na: 2":             "key given twice",
		"a: &a {b: *a}":          "inside what it stands for",
		"a: &a {<<: *a}":         "inside what it stands for",
		"a: {<<: 3}":             "only mappings can be merged",
		"? [a]\n: 1":             "a key has to be a plain name",
		"a: [":                   "not valid YAML",
		bomb:                     "unfolds to more than",
		strings.Repeat("[", 300): "",
		"a: " + strings.Repeat("[", 300) + strings.Repeat("]", 300): "levels of nesting",
	} {
		_, err := Parse([]byte(text), "f.yaml", nil)
		if err == nil || !strings.HasPrefix(err.Error(), "f.yaml") || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

func TestUnread(t *testing.T) {
	d := parse(t, "a: 1\nb: {c: 2, d: {e: 3}}\nlist:\n- {x: 1, y: 2}\n- 5\nnothing:\nempty: {}\n")
	r := d.Root()
	r.Get("a").Count(0, nil)
	r.Get("b").Get("c").Count(0, nil)
	for _, v := range r.Get("list").List() {
		if v.IsMap() {
			v.Get("x").Str()
		}
	}
	var got []string
	for _, n := range d.Unread() {
		got = append(got, n.String())
	}
	want := "f.yaml:2: b.d: not taken: a mapping|f.yaml:4: list[0].y: not taken: 2"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("%s\nwant\n%s", s, want)
	}
}

func TestRender(t *testing.T) {
	text := `{% set N = N | default(2) %}
top: {{N * 2}}
{# a remark
over two lines #}
list:
  {% set W = 3 %}
  {% for i in range(N) %}
- {n: {{i}}, next: n{{i+1}}}
  {% endfor %}
{% if N > 5 %}
big: 1
{% elif N == 2 %}
two: {{W}}
{% else %}
small: 1
{% endif %}
last: 1
`
	out, lines, err := render(text, "f.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse([]byte(out), "f.yaml", lines)
	if err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	r := d.Root()
	if len(r.Get("list").List()) != 2 || r.Get("top").Str() != "4" || r.Get("two").Str() != "3" || r.Has("small") || r.Has("big") {
		t.Errorf("rendered\n%s", out)
	}
	for key, line := range map[string]int{"top": 2, "two": 13, "last": 17} {
		if got := r.Get(key).Line(); got != line {
			t.Errorf("%s is from line %d, not %d, in\n%s", key, got, line, out)
		}
	}
	if _, _, err = render(text, "f.yaml", map[string]string{"N": "7"}); err != nil {
		t.Error(err)
	}
}

func TestRenderRefused(t *testing.T) {
	for text, want := range map[string]string{
		"a: {{x}}":                                  `"x" is not known here`,
		"a:\nb: {{include_text('g.yaml')}}":         "f.yaml:2: the template includes another file",
		"{% for a in b.items() %}{% endfor %}":      "a loop that is not evaluated",
		"{% for a in range(3) %}":                   "for without endfor",
		"{% macro m() %}":                           "a template statement that is not evaluated",
		"{% if 1 %}":                                "if without endif",
		"a{%}}":                                     "not closed",
		"a: {{1":                                    "not closed",
		"{% for a in range(1e9) %}{% endfor %}":     "not the bounds of a loop",
		"{% for a in range(0, 8, 2) %}{% endfor %}": "a loop with a step",
		"{% for a in range(999999) %}{% for b in range(999999) %}x{% endfor %}{% endfor %}": "without end",
		"{% set a %}": "not a set statement",
	} {
		if _, _, err := render(text, "f.yaml", nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestLongKeys: the paths of values below a key of megabytes do not repeat it.
func TestLongKeys(t *testing.T) {
	defer boundtest.Cost{}.Start(t)()
	text := "? " + strings.Repeat("é", 2_500_000) + "\n: [" + strings.Repeat("1,", 20_000) + "1]\n"
	d, err := Parse([]byte(text), "f.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	key := strings.Repeat("é", 2_500_000)
	if got, want := d.Root().Get(key).List()[3].Path(), strings.Repeat("é", 50)+"...[3]"; got != want {
		t.Errorf("%.200s, want %s", got, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a: &a {x: 1}\nb: {<<: *a}\n")
	f.Add("{% set N = N | default(2) %}\n{% for i in range(N) %}\nn{{i}}: 1\n{% endfor %}\n")
	f.Add("{% if 1 %}a: 1{% else %}b: 1{% endif %}")
	f.Fuzz(func(t *testing.T, text string) {
		defer boundtest.Cost{}.Start(t)()
		out, lines, err := render(text, "f.yaml", nil)
		if err != nil {
			return
		}
		d, err := Parse([]byte(out), "f.yaml", lines)
		if err != nil {
			return
		}
		last := 1 // a bound: YAML ends lines at these, too
		for _, end := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
			last += strings.Count(text, end)
		}
		for _, n := range d.Unread() {
			if n.Line < 0 || n.Line > last {
				t.Errorf("line %d of %d", n.Line, last)
			}
		}
	})
}
