package sweeps

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

func mustParse(t *testing.T, body string, sets ...string) *Sweep {
	t.Helper()
	s, err := parse(t, body, sets...)
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return s
}

func mustPoints(t *testing.T, s *Sweep) []string {
	t.Helper()
	got, err := points(t, s)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestGrammar: derive, include, exclude, set and equal values.
func TestGrammar(t *testing.T) {
	for _, c := range []struct {
		name, body string
		sets       []string
		want       []string
		warn       string // part of the only warning, "" for none
	}{
		{"derive", "axes: [{path: PE.x, values: [2, 3]}, {path: GLB.size, derive: 'PE.x * 10KiB / 3', round: 1KiB}]", nil,
			[]string{"PE.x=2 GLB.size=7KiB", "PE.x=3 GLB.size=10KiB"}, ""},
		{"derive of base values and ties upwards", "axes: [{path: WSP.size, derive: 'GLB.size / (PE.x * PE.y) * 0 + 24B', round: 16B}]", nil, []string{"WSP.size=32B"}, ""},
		{"at least a grain", "axes: [{path: GLB.size, derive: '1b - 1B', round: 1KiB}]", nil, []string{"GLB.size=1KiB"}, ""},
		{"derived from derived, backwards", "axes: [{path: PE.y, derive: PE.x + 1}, {path: PE.x, derive: 2 * GLB.banks}, {path: GLB.banks, values: [1, 2]}]", nil,
			[]string{"PE.y=3 PE.x=2 GLB.banks=1", "PE.y=5 PE.x=4 GLB.banks=2"}, ""},
		{"where sees derived", "axes: [{path: PE.x, values: [2, 3]}, {path: PE.y, derive: 2 * PE.x}]\nwhere: [PE.y > 4]", nil, []string{"PE.x=3 PE.y=6"}, ""},
		{"derived in the base's unit", "axes: [{path: PE.x, values: [3]}, {path: clock, derive: 'PE.x * 50MHz'}]", nil, []string{"PE.x=3 clock=150MHz"}, ""},
		{"exclude", "axes: [{path: PE.x, values: [2, 3]}, {path: GLB.size, values: [1KiB, 2KiB]}]\nexclude: [{PE.x: 3, GLB.size: 2048B}]", nil,
			[]string{"PE.x=2 GLB.size=1KiB", "PE.x=2 GLB.size=2KiB", "PE.x=3 GLB.size=1KiB"}, ""},
		{"exclude of a word and a rate", "axes: [{path: MAC.format, values: [int8, fp16]}, {path: DRAM.bandwidth, values: [1GB/s, 2GB/s]}]\nexclude: [{MAC.format: int8}, {DRAM.read.bandwidth: 10B/cycle}]", nil,
			[]string{"MAC.format=fp16 DRAM.bandwidth=1GB/s"}, ""},
		{"exclude of nothing", "axes: [{path: PE.x, values: [2]}]\nexclude: [{PE.x: 4}]", nil, []string{"PE.x=2"}, "no candidate has PE.x=4"},
		{"include", "axes: [{path: PE.x, values: [2, 3]}]\ninclude: [{PE.x: 12, GLB.size: 64KiB}]", nil, []string{"PE.x=2", "PE.x=3", "PE.x=12 GLB.size=64KiB"}, ""},
		{"include falls back to the base", "axes: [{path: PE.x, values: [2]}, {path: PE.y, values: [3]}]\ninclude: [{PE.x: 14}]", nil, []string{"PE.x=2 PE.y=3", "PE.x=14 PE.y=12"}, ""},
		{"include on the grid", "axes: [{path: PE.x, values: [2, 3]}, {path: GLB.size, values: [108KiB]}]\ninclude: [{PE.x: 3, GLB.size: 110592B}]", nil,
			[]string{"PE.x=2 GLB.size=108KiB", "PE.x=3 GLB.size=108KiB"}, ""},
		{"include past where", "axes: [{path: PE.x, values: [2, 3]}]\nwhere: [PE.x < 3]\ninclude: [{PE.x: 3}]", nil, []string{"PE.x=2", "PE.x=3"}, ""},
		{"include past exclude", "axes: [{path: PE.x, values: [2, 3]}]\nexclude: [{PE.x: 3}]\ninclude: [{PE.x: 3}]", nil, []string{"PE.x=2", "PE.x=3"}, ""},
		{"include twice", "axes: [{path: PE.x, values: [2]}]\ninclude: [{PE.x: 3}, {PE.x: 3, PE.y: 12}]", nil, []string{"PE.x=2", "PE.x=3"}, "include[1]: the architecture of include[0] again"},
		{"set", "set: ['GLB.size=3KiB']\naxes: [{path: PE.x, values: [2]}, {path: WSP.size, derive: GLB.size / 3}]", nil, []string{"PE.x=2 WSP.size=1024B"}, ""},
		{"--set over set", "set: ['GLB.size=3KiB']\naxes: [{path: WSP.size, derive: GLB.size / 3}]", []string{"GLB.size=6KiB"}, []string{"WSP.size=2048B"}, ""},
		{"--set of an axis over set", "set: ['PE.x=3']", []string{"PE.x=4,5"}, []string{"PE.x=4", "PE.x=5"}, ""},
		{"--set over derive", "axes: [{path: PE.x, derive: PE.y}]", []string{"PE.x=4"}, []string{"PE.x=4"}, ""},
		{"--set, then same", "axes: [{path: PE.x, values: [2]}, {path: PE.y, same: PE.x}]", []string{"PE.x=4,5"}, []string{"PE.x=4 PE.y=4", "PE.x=5 PE.y=5"}, ""},
		{"--set over same", "axes: [{path: PE.x, values: [2]}, {path: PE.y, same: PE.x}]", []string{"PE.y=7"}, []string{"PE.x=2 PE.y=7"}, ""},
		{"equal sizes", "axes: [{path: GLB.size, values: [64KiB, 65536B]}]", nil, []string{"GLB.size=64KiB"}, "GLB.size=65536B is GLB.size=64KiB again"},
		{"equal rates by the clock", "axes: [{path: GLB.bandwidth, values: [8B/cycle, 1.6GB/s, 1/cycle]}]", []string{"GLB.width=8B", "clock=200MHz"}, []string{"GLB.bandwidth=8B/cycle"}, "*"},
		{"guard not met", "axes: [{path: PE.x, values: [2]}]\nbudget: {max_candidates: 1}", nil, []string{"PE.x=2"}, ""},
	} {
		s := mustParse(t, c.body, c.sets...)
		if got := mustPoints(t, s); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		all := strings.Join(s.Warnings, "\n")
		if c.warn == "" && all != "" || c.warn != "*" && !strings.Contains(all, c.warn) || c.warn == "*" && len(s.Warnings) != 2 {
			t.Errorf("%s: warnings %q, want %q", c.name, all, c.warn)
		}
	}
}

// TestExpressions: values are exact and errors stand under their place, also behind characters of several bytes.
func TestExpressions(t *testing.T) {
	s := mustParse(t, "axes: [{path: PE.x, values: [8]}]")
	for _, c := range []struct {
		text  string
		want  bool
		error string // part of it, with the caret's line where it matters
	}{
		{"log2(1024) == 10 && log2(1/8) == -3", true, ""},
		{"log2(3) > 1.584962500721156 && log2(3) < 1.584962500721157", true, ""},
		{"log2(2^4000 + 1) >= 4000", true, ""},
		{"2^10 == 1024 && 2^-1 == 0.5 && -2^2 == -4 && 2^3^2 == 512 && (1/3)^2 == 1/9 && 0^0 == 1", true, ""},
		{"1^(2^4000) == 1 && (-1)^(2^40 + 1) == -1 && 0^(2^40) == 0", true, ""},
		{"min(3, 2, 5) == 2 && max(1KiB, 2KiB) == 2KiB", true, ""},
		{"ceil(7/2) == 4 && floor(7/2) == 3 && floor(-7/2) == -4 && ceil(4) == 4", true, ""},
		{"is_pow2(64) && !is_pow2(48) && is_pow2(64KiB) && !is_pow2(1/2)", true, ""},
		{"divides(1KiB, 64KiB) && !divides(5, 12)", true, ""},
		{"PE.x == 0 || 1 / PE.x < 1", true, ""},
		{"PE.x == 8 || 1 / (PE.x - 8) < 1", true, ""},
		{"PE.x != 8 && 1 / (PE.x - 8) < 1", false, ""},
		{"GLB.read.bandwidth == 256b/cycle && GLB.bandwidth == 6.4GB/s", true, ""},
		{"technology == 65nm && clock * 2 == 400MHz", true, ""},
		{"1 > 2 && GLB.size > 1", false, "cannot meet at >\n  1 > 2 && GLB.size > 1\n                    ^"},
		{"0.001µm > 1KiB", false, "  0.001µm > 1KiB\n          ^"},
		{"1 / (PE.x - 8) < 1", false, "division by zero\n  1 / (PE.x - 8) < 1\n    ^"},
		{"lgo2(2) > 1", false, `did you mean "log2"`},
		{"log2(GLB.size) > 1", false, "log2 of a size"},
		{"min() > 1", false, "expected a number"},
		{"log2(1, 2) > 1", false, "log2 with 2 arguments"},
		{"GLB.sise > 1", false, `did you mean "GLB.size"`},
		{"MAC.format > 1", false, "no number"},
		{"PE.x + 1", false, "a number where a condition is needed"},
		{"!PE.x > 3", false, "! needs conditions"},
		{"1 < 2 < 3", false, "comparisons cannot be chained; write 1 < 2 && 2 < 3\n  1 < 2 < 3\n        ^"},
		{"PE.y > 1 || (2 * 2<PE.x <=  min(3, 4) + 1)", false, "write 2 * 2 < PE.x && PE.x <= min(3, 4) + 1\n"},
		{"1 < 2 < ", false, "write a < b && b < c\n  1 < 2 < \n        ^"},
		{"1 == 2 != " + strings.Repeat("1+", 99) + "1", false, "write a < b && b < c\n"},
		{"PE.x = 4", false, "= is not an operator; equality is ==\n  PE.x = 4\n       ^"},
		{"(PE.x = 4)", false, "equality is ==\n  (PE.x = 4)\n        ^"},
		{"min(PE.x = 4, 2) > 1", false, "equality is =="},
		{"PE.x =< 4", false, "=< is not an operator; at most is <="},
		{"PE.x => 4", false, "=> is not an operator; at least is >="},
		{"PE.x == 4 & PE.y == 4", false, "& is not an operator; and is &&\n  PE.x == 4 & PE.y == 4\n            ^"},
		{"PE.x == 4 | PE.y == 4", false, "| is not an operator; or is ||"},
		{"PE.x == 4 and PE.y == 4", false, "\"and\" is not an operator; and is &&\n  PE.x == 4 and PE.y == 4\n            ^"},
		{"PE.x == 4 OR PE.y == 4", false, "\"OR\" is not an operator; or is ||"},
		{"PE.x == 4 && not PE.y == 4", false, "\"not\" is not an operator; not is !, as in !(PE.x == 4)\n  PE.x == 4 && not PE.y == 4\n               ^"},
		{"not(PE.y == 4)", false, "\"not\" is not an operator"},
		{"GLB.size > 1 KiB", false, "no space between a number and its unit: 1KiB\n  GLB.size > 1 KiB\n               ^"},
		{"GLB.bandwidth > 1.5 GB/s && PE.x > 1", false, "no space between a number and its unit: 1.5GB/s\n"},
		{"(GLB.size > 1 KB)", false, "no space between a number and its unit: 1KB\n"},
		{"GLB.size > 32KB", false, "has no unit that is known: \"KB\", did you mean \"KiB\" or \"kB\"\n  GLB.size > 32KB\n             ^"},
		{"PE.x > 4 PE.y", false, "expected an operator"},
		{"PE.x > 4KiB B", false, "expected an operator"},
		{"PE.x K", false, "expected an operator"},
		{"(PE.x > 4", false, "expected )"},
		{"2^(2^40) > 1", false, "a power of more than"},
		{"2^4096^4096 > 1", false, "a power of more than"},
		{"2^0.5 > 1", false, "no whole number"},
		{"1e999999 > 1", false, "\"1e999999\" has an exponent of more than two digits"},
		{strings.Repeat("(", 1_000_000), false, "an expression of 1000000 bytes"},
		{strings.Repeat("!", 4000) + "(1 < 2)", false, "nested too deeply"},
		{"1" + strings.Repeat("+1", 2000) + " == 2001", true, ""},
		{strings.Repeat("1e99*", 800) + "1 > 0", false, "a number of more than"},
		{"1 < \xff", false, "UTF-8"},
	} {
		got, err := evaluate(s, c.text)
		switch {
		case c.error == "" && err != nil, c.error != "" && (err == nil || !strings.Contains(err.Error(), c.error)):
			t.Errorf("%.60s: %v, want %q", c.text, err, c.error)
		case got != c.want:
			t.Errorf("%.60s: %v", c.text, got)
		}
	}
}

func evaluate(s *Sweep, text string) (bool, error) {
	e, err := parseExpr(text, nil)
	if err != nil {
		return false, err
	}
	c := &condition{text: text, e: e}
	if err := s.prepare(c); err != nil {
		return false, err
	}
	return c.holds(s.newPoint())
}

// TestDistinct: no two candidates of random sweeps share a key, and each is what a plain enumeration of all points,
// with a set of keys, finds first. Count agrees.
func TestDistinct(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pools := []struct {
		path   string
		values []string
	}{
		{"PE.x", []string{"1", "2", "3", "2.0"}}, {"GLB.size", []string{"1KiB", "1024B", "2KiB", "8192b"}},
		{"GLB.bandwidth", []string{"8B/cycle", "64b/cycle", "16B/cycle"}}, {"clock", []string{"100MHz", "200MHz", "0.1GHz"}},
		{"DRAM.bandwidth", []string{"1GB/s", "2GB/s", "unlimited"}}, {"MAC.format", []string{"int8", "int16", "int8"}},
		{"GLB.banks", []string{"1", "2", "4"}},
	}
	rules := []string{"GLB.size > 1KiB || clock >= 200MHz", "PE.x <= 2", "GLB.banks * PE.x != 4", "GLB.bandwidth >= 1.6GB/s"}
	for range 60 {
		rng.Shuffle(len(pools), func(i, j int) { pools[i], pools[j] = pools[j], pools[i] })
		body := "axes:\n"
		for _, p := range pools[:4] {
			values := slices.Clone(p.values)
			rng.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
			body += fmt.Sprintf("  - {path: %s, values: [%s]}\n", p.path, strings.Join(values, ", "))
		}
		body += "where: ['" + rules[rng.IntN(len(rules))] + "', '" + rules[rng.IntN(len(rules))] + "']\n"
		s := mustParse(t, body)
		var got []string
		seen := map[string]bool{}
		for c, err := range s.Candidates() {
			if err != nil {
				break // rules that reject all
			}
			if seen[c.Key] {
				t.Fatalf("one key twice in\n%s", body)
			}
			seen[c.Key] = true
			got = append(got, c.describe())
		}
		if want := enumerate(t, s); !slices.Equal(got, want) {
			t.Fatalf("%q, want %q of\n%s", got, want, body)
		}
		if n, err := s.Count(context.Background()); err == nil && n.Candidates != int64(len(got)) || err != nil && len(got) > 0 {
			t.Fatalf("counted %+v %v, have %d of\n%s", n, err, len(got), body)
		}
	}
}

// enumerate goes through all points in order and keeps what all rules let through, remembering keys.
func enumerate(t *testing.T, s *Sweep) []string {
	var out []string
	seen := map[string]bool{}
	p := s.newPoint()
	for i := range s.grid().Int64() {
		s.rowsOf(index{lo: uint64(i)}, p.rows)
		if s.indexOf(p.rows) != (index{lo: uint64(i)}) {
			t.Fatal("indexOf and rowsOf are no inverses")
		}
		ok := true
		for _, c := range s.where {
			holds, err := c.holds(p)
			if err != nil {
				t.Fatal(err)
			}
			ok = ok && holds
		}
		if c, err := s.assemble(p); ok && err == nil && !seen[c.Spec.Key()] {
			seen[c.Spec.Key()] = true
			out = append(out, c.describe())
		}
	}
	return out
}

// TestMemory: ten million points are counted and a part of them generated in constant memory.
func TestMemory(t *testing.T) {
	s := mustParse(t, `axes:
  - {path: PE.x, range: {from: 1, to: 1000, step: 1}}
  - {path: PE.y, range: {from: 1, to: 1000, step: 1}}
  - {path: GLB.banks, range: {from: 1, to: 16, step: 1}}
where: ["PE.x + PE.y <= 1000", "PE.x % 2 == 0"]
`)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n, err := s.Count(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := int64(0)
	for x := 2; x < 1000; x += 2 {
		want += int64(1000-x) * 16
	}
	if n.Candidates != want || n.Raw != "16000000" {
		t.Errorf("%+v, want %d candidates", n, want)
	}
	i := 0
	for _, err := range s.Candidates() {
		if err != nil {
			t.Fatal(err)
		}
		if i++; i == 5000 {
			break
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("%d bytes more than before", grown)
	}
}

// TestPermutation: every number below n comes once, and the first of a large domain fall evenly into its parts.
func TestPermutation(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 7, 64, 1000, 4097} {
		p, seen := newPermutation(index{lo: n}, n), make([]bool, n)
		for i := range n {
			at := p.at(index{lo: i})
			if at.hi != 0 || at.lo >= n || seen[at.lo] {
				t.Fatalf("n %d: %d goes to %v", n, i, at)
			}
			seen[at.lo] = true
		}
	}
	huge := new(big.Int).Lsh(big.NewInt(3), 123)
	p, parts := newPermutation(indexFrom(huge), 5), [3]int{}
	for i := range uint64(3000) {
		parts[p.at(index{lo: i}).hi>>59]++ // of three times 2^123
	}
	for _, n := range parts {
		if n < 880 || n > 1120 { // 1000 and 4.6 standard deviations of a binomial
			t.Errorf("%v of 3000 in each third", parts)
		}
	}
}

// TestLatin: without rules, a Latin sample has each value of an axis equally often where the count is a multiple of its
// length, and no point twice; with rules it still finds as many as asked for.
func TestLatin(t *testing.T) {
	axes := "axes: [{path: PE.x, range: {from: 1, to: 12, step: 1}}, {path: PE.y, range: {from: 1, to: 8, step: 1}}, {path: GLB.banks, values: [1, 2, 4]}]\n"
	for seed := range 20 {
		s := mustParse(t, axes+fmt.Sprintf("sample: {method: lhs, count: 48, seed: %d}", seed))
		got := mustPoints(t, s)
		each := map[string]int{}
		for _, p := range got {
			for _, x := range strings.Fields(p) {
				each[x]++
			}
		}
		if slices.Sort(got); len(slices.Compact(got)) != 48 {
			t.Fatalf("seed %d: %d points", seed, len(got))
		}
		for x, n := range each {
			if want := map[string]int{"PE.x": 4, "PE.y": 6, "GLB.banks": 16}[strings.Split(x, "=")[0]]; n != want {
				t.Errorf("seed %d: %s %d times, want %d", seed, x, n, want)
			}
		}
	}
	s := mustParse(t, axes+"where: [PE.x > PE.y]\nsample: {method: lhs, count: 100, seed: 1}")
	if got := mustPoints(t, s); len(got) != 100 {
		t.Errorf("%d points with rules", len(got))
	}
}

// TestSampleEnds: samples that ask for more than there is end with all of it, also where rules reject most.
func TestSampleEnds(t *testing.T) {
	for _, m := range []string{"random", "sobol", "lhs"} {
		s := mustParse(t, "axes: [{path: PE.x, range: {from: 1, to: 30, step: 1}}, {path: PE.y, range: {from: 1, to: 30, step: 1}}]\nwhere: [PE.x == PE.y]\ninclude: [{PE.x: 3, PE.y: 3}, {PE.x: 31, PE.y: 3}]\nsample: {method: "+m+", count: 100000, seed: 3}")
		got := mustPoints(t, s)
		if len(got) != 31 { // the diagonal, and the one that is included beside it
			t.Errorf("%s: %d points", m, len(got))
		}
		n, err := s.Count(context.Background())
		if err != nil || n.Candidates != 31 || n.Included != 1 || len(n.Warnings) != 1 {
			t.Errorf("%s: %+v %v", m, n, err)
		}
	}
}

// TestCount: numbers, warnings, budget, guard and cancelling.
func TestCount(t *testing.T) {
	s := mustParse(t, "axes: [{path: PE.x, values: [2, 3, 4]}, {path: GLB.size, values: [1KiB, 1024B, 1MiB]}]\nwhere: [PE.x < 4]\nexclude: [{PE.x: 4}]\nbudget: {area: 1mm2}")
	n, err := s.Count(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := Counts{Raw: "9", EqualValues: "3", AfterWhere: 4, Candidates: 4, OverBudget: n.OverBudget, Warnings: []string{
		"axes[0]: no candidate has PE.x=4: where and exclude reject them all", "exclude[0]: excludes nothing that where lets through"}}
	if !reflect.DeepEqual(n, want) || n.OverBudget == 0 || n.OverBudget == 4 {
		t.Errorf("%+v", n)
	}
	large := mustParse(t, "axes: [{path: PE.x, range: {from: 1, to: 20000, step: 1}}, {path: PE.y, range: {from: 1, to: 20000, step: 1}}]\nwhere: [PE.x * PE.y != 7]")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := large.Count(ctx); err != context.Canceled {
		t.Error(err)
	}
}

// TestTogether: two goroutines that generate at once get the same.
func TestTogether(t *testing.T) {
	s := mustParse(t, "axes: [{path: PE.x, values: [2, 3, 4]}, {path: PE.y, derive: PE.x + 1}]\nwhere: [PE.y > 3]\nsample: {method: lhs, count: 2, seed: 1}")
	var wg sync.WaitGroup
	var got [4][]string
	for i := range got {
		wg.Go(func() { got[i], _ = points(t, s) })
	}
	wg.Wait()
	for i := range got {
		if len(got[i]) != 2 || !slices.Equal(got[i], got[0]) {
			t.Errorf("%q", got)
		}
	}
}

// TestWorkloads: names and patterns, replaced by --set.
func TestWorkloads(t *testing.T) {
	body := "name: s\narch: eyeriss\nworkloads: [resnet18, {name: nets/a.yaml, layers: ['l4*', fc]}]\n"
	s, err := Parse([]byte(body), "s.yaml", ".", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Workload{{"resnet18", nil}, {"nets/a.yaml", []string{"l4*", "fc"}}}
	if !reflect.DeepEqual(s.Networks, want) || !slices.Equal(s.Workloads, []string{"resnet18", "nets/a.yaml"}) {
		t.Errorf("%v %v", s.Networks, s.Workloads)
	}
	if s, err = Parse([]byte(body), "s.yaml", ".", []string{"workloads=vgg16"}); err != nil || !reflect.DeepEqual(s.Networks, []Workload{{"vgg16", nil}}) {
		t.Errorf("%v %v", s, err)
	}
}

// TestAt: a candidate's place makes it again.
func TestAt(t *testing.T) {
	s, err := parse(t, "axes: [{path: PE.x, values: [2, 4, 8]}, {path: GLB.size, values: [8KiB, 16KiB, 32KiB]}, {path: WSP.size, derive: 'GLB.size / 64'}]\n"+
		"where: ['PE.x > 2']\ninclude: [{PE.x: 3, GLB.size: 20KiB}, {PE.x: 4, GLB.size: 16KiB}]\nexclude: [{PE.x: 8, GLB.size: 8KiB}]")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for c, err := range s.Candidates() {
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.At(c.Place)
		again.Index = c.Index
		if err != nil || !reflect.DeepEqual(again.Settings, c.Settings) || again.Key != c.Key || !reflect.DeepEqual(again.Arch, c.Arch) || again.Place != c.Place {
			t.Errorf("%v %v, want %v", again.describe(), err, c.describe())
		}
		n++
	}
	if n != 7 {
		t.Errorf("%d candidates", n)
	}
}
