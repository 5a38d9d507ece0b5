package dse

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/results"
	"tcmdse/sweeps"
)

var (
	metamorphic     = flag.Int("metamorphic", 1, "how many random spaces TestMetamorphic sweeps")
	metamorphicSeed = flag.Int("metamorphic.seed", 1, "first seed of TestMetamorphic")
)

// TestMetamorphic: what is stored of a random space is the same to the last bit, mappings and proofs included, however
// it came about: with any number of jobs, after interruptions, beside other sweeps in the file whose layers are read
// back, with the axes in another order, with the workloads one by one, after a sweep of the other mode.
func TestMetamorphic(t *testing.T) {
	for seed := *metamorphicSeed; seed < *metamorphicSeed+*metamorphic; seed++ {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 11))
			b := &base{sweep: twoWorkloads(t, r)}
			for _, frontOnly := range []bool{false, true} {
				b.want = append(b.want, dump(t, store(t, Config{Sweep: b.sweep, Jobs: 2, FrontOnly: frontOnly}), 1))
			}
			t.Run("jobs", func(t *testing.T) { b.jobs(t) })
			t.Run("interrupted", func(t *testing.T) { b.interrupted(t, r) })
			t.Run("beside others", func(t *testing.T) { b.besideOthers(t) })
			t.Run("axes", func(t *testing.T) { b.axes(t) })
			t.Run("one by one", func(t *testing.T) { b.oneByOne(t) })
			t.Run("modes", func(t *testing.T) { b.modes(t) })
		})
	}
}

// base is a sweep with a dump of what is stored of it in each mode, all candidates first.
type base struct {
	sweep *sweeps.Sweep
	want  []string
}

// twoWorkloads returns a random space of two workloads and of 12 to 60 candidates.
func twoWorkloads(t *testing.T, r *rand.Rand) *sweeps.Sweep {
	t.Helper()
	for {
		s := randomSpace(t, r)
		again(t, filepath.Join(s.Dir, "one.yaml"))
		if !strings.Contains(body(s), "two.yaml") {
			s = edited(t, s, "[one.yaml]", "[one.yaml, two.yaml]")
		}
		n := 0
		for _, err := range s.Candidates() {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if 12 <= n && n <= 60 {
			return s
		}
	}
}

// again adds a layer to a network that is its first one, run another number of times.
func again(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first := strings.Split(string(text), "\n")[2]
	at := strings.Index(first, ", count:")
	writeFile(t, path, string(text)+strings.Replace(first[:at], "name: l0", "name: again", 1)+", count: 5}\n")
}

// body returns the sweep's file.
func body(s *sweeps.Sweep) string {
	text, _, _ := strings.Cut(s.Config(), "\n---\n")
	return text
}

// edited returns the sweep with parts of its file replaced.
func edited(t *testing.T, s *sweeps.Sweep, oldnew ...string) *sweeps.Sweep {
	t.Helper()
	out, err := sweeps.Parse([]byte(strings.NewReplacer(oldnew...).Replace(body(s))), "s.yaml", s.Dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// dump returns all that is stored of a sweep, to the last bit, but for ids and times.
func dump(t *testing.T, s *results.Store, sweepID int64) string {
	t.Helper()
	var b strings.Builder
	for _, q := range []string{
		"SELECT v.* FROM candidate v WHERE v.sweep_id = %d ORDER BY v.idx, v.workload",
		"SELECT c.key, v.* FROM candidate_param v JOIN candidates c USING (candidate_id) WHERE c.sweep_id = %d ORDER BY c.idx, v.position",
		"SELECT c.key, v.* FROM layer_result v JOIN candidates c USING (candidate_id) WHERE c.sweep_id = %d ORDER BY c.idx, v.workload, v.position",
		"SELECT c.key, v.* FROM component_result v JOIN candidates c USING (candidate_id) WHERE c.sweep_id = %d ORDER BY c.idx, v.workload, v.layer_position, v.position",
		"SELECT c.key, v.* FROM component_share v JOIN candidates c USING (candidate_id) WHERE c.sweep_id = %d ORDER BY c.idx, v.workload, v.position",
		"SELECT c.key, v.* FROM front v JOIN candidates c USING (candidate_id) WHERE c.sweep_id = %d ORDER BY v.workload, v.area_mm2",
	} {
		rows, err := s.Query(context.Background(), fmt.Sprintf(q, sweepID))
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		for _, row := range rows.Values {
			for i, x := range row {
				if name := rows.Columns[i]; !strings.HasSuffix(name, "_id") && name != "seconds" {
					fmt.Fprintf(&b, "%s=%v ", name, x)
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// same compares two dumps, line by line.
func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Errorf("%s: line %d of %d and %d:\n%s\nwant\n%s", what, i+1, len(a), len(b), a[i], b[i])
			return
		}
	}
	t.Errorf("%s: %d lines, want %d", what, len(a), len(b))
}

// sorted sorts the lines of a dump, for comparisons whatever the order of candidates.
func sorted(dump string) string {
	lines := strings.Split(dump, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (b *base) jobs(t *testing.T) {
	for _, jobs := range []int{1, 8} {
		for mode, want := range b.want {
			same(t, fmt.Sprintf("%d jobs, mode %d", jobs, mode), dump(t, store(t, Config{Sweep: b.sweep, Jobs: jobs, FrontOnly: mode == 1}), 1), want)
		}
	}
}

// interrupted: a run is stopped after some layers, again and again, and the last one goes on to the end.
func (b *base) interrupted(t *testing.T, r *rand.Rand) {
	for mode, want := range b.want {
		path := filepath.Join(t.TempDir(), "r.db")
		stops := 0
		for again := true; again; {
			s, err := results.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			left := atomic.Int64{}
			left.Store(int64(1 + r.IntN(5+20*min(stops, 1)))) // a front-only run may map few
			if stops == 5 {
				left.Store(-1)
			}
			m := mapBy(new(mapper.Mapper))
			_, err = Run(ctx, Config{Sweep: b.sweep, Store: s, Jobs: 1 + r.IntN(3), FrontOnly: mode == 1,
				Map: func(ctx context.Context, a *hwmodel.Arch, l *workload.Layer, o mapper.Objective) (results.Layer, error) {
					if left.Add(-1) == 0 {
						cancel()
					}
					return m(ctx, a, l, o)
				}})
			cancel()
			if again = errors.Is(err, context.Canceled); again {
				stops++
			} else if err != nil {
				t.Fatal(err)
			} else {
				same(t, fmt.Sprintf("mode %d after %d stops", mode, stops), dump(t, s, 1), want)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if stops == 0 {
			t.Errorf("mode %d was not stopped", mode)
		}
	}
}

// besideOthers: the file holds a sweep that has some of the layers on some of the architectures, and before it the same
// for another objective, which is none of the present one's business.
func (b *base) besideOthers(t *testing.T) {
	now := b.sweep.Objective
	at := slices.Index(sweeps.Objectives(), now)
	foreign := sweeps.Objectives()[(at+1)%len(sweeps.Objectives())]
	part := []string{"name: s\n", "name: other\n", "[one.yaml, two.yaml]", "[two.yaml]", "budget: {area: 2mm2}", ""}
	for mode, want := range b.want {
		s := store(t, Config{Sweep: edited(t, b.sweep, append(part, "objective: "+now, "objective: "+foreign)...), Jobs: 2, FrontOnly: mode == 0})
		for id, sw := range []*sweeps.Sweep{edited(t, b.sweep, part...), b.sweep} {
			// The part is swept in the other mode, so that it lacks some layers too.
			sum, err := Run(context.Background(), Config{Sweep: sw, Store: s, Jobs: 2, FrontOnly: (mode == 1) == (id == 1)})
			if err != nil || id == 1 && sum.Recalled == 0 || sum.SweepID != int64(id+2) {
				t.Fatalf("%+v %v", sum, err)
			}
		}
		same(t, fmt.Sprint("beside other sweeps, mode ", mode), dump(t, s, 3), want)
	}
}

// axes: their order decides the order of candidates and which of two equal ones is named as on the front, nothing else.
func (b *base) axes(t *testing.T) {
	head, list, _ := strings.Cut(body(b.sweep), "axes:\n")
	list, tail, _ := strings.Cut(list, "budget:")
	lines := strings.SplitAfter(strings.TrimSuffix(list, "\n")+"\n", "\n")
	lines = lines[:len(lines)-1]
	slices.Reverse(lines)
	text := head + "axes:\n" + strings.Join(lines, "")
	if tail != "" {
		text += "budget:" + tail
	}
	s, err := sweeps.Parse([]byte(text), "s.yaml", b.sweep.Dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, want := store(t, Config{Sweep: s, Jobs: 2}), store(t, Config{Sweep: b.sweep, Jobs: 2})
	const front = "SELECT workload, area_mm2, edp_js FROM front ORDER BY workload, area_mm2"
	for _, q := range []string{
		"SELECT key, workload, area_mm2, energy_j, latency_s, edp_js, status, reason, settings, arch_yaml FROM candidate ORDER BY key, workload",
		"SELECT c.key, l.workload, l.layer, l.energy_j, l.latency_s, l.edp_js, l.utilization, l.bottleneck, l.mapping_json, l.evaluated FROM layer_result l JOIN candidates c USING (candidate_id) ORDER BY 1, 2, 3",
		front,
	} {
		same(t, "axes in another order: "+q, asked(t, got, q), asked(t, want, q))
	}
	same(t, "axes in another order, front only", asked(t, store(t, Config{Sweep: s, Jobs: 2, FrontOnly: true}), front), asked(t, want, front))
}

// oneByOne: two sweeps of one workload each store what one sweep of both does.
func (b *base) oneByOne(t *testing.T) {
	for mode, want := range b.want {
		var parts []string
		for _, w := range []string{"[one.yaml]", "[two.yaml]"} {
			parts = append(parts, dump(t, store(t, Config{Sweep: edited(t, b.sweep, "[one.yaml, two.yaml]", w), Jobs: 2, FrontOnly: mode == 1}), 1))
		}
		both := sorted(strings.Join(parts, ""))
		// Parameters are of the candidate, so that both parts have them.
		same(t, fmt.Sprint("one workload at a time, mode ", mode), once(both), once(sorted(want)))
	}
}

// once leaves out a line that is equal to the one before.
func once(dump string) string { return strings.Join(slices.Compact(strings.Split(dump, "\n")), "\n") }

// modes: a sweep of the other mode was run on the file first.
func (b *base) modes(t *testing.T) {
	for mode, want := range b.want {
		s := store(t, Config{Sweep: b.sweep, Jobs: 2, FrontOnly: mode == 0})
		same(t, "the first", dump(t, s, 1), b.want[1-mode])
		sum, err := Run(context.Background(), Config{Sweep: b.sweep, Store: s, Jobs: 2, FrontOnly: mode == 1})
		if err != nil || sum.Recalled == 0 || sum.SweepID != 2 || sum.Reused != 0 {
			t.Fatalf("%+v %v", sum, err)
		}
		same(t, fmt.Sprint("after the other mode, mode ", mode), dump(t, s, 2), want)
		same(t, "the first, afterwards", dump(t, s, 1), b.want[1-mode])
	}
}

// TestAlone: every layer that a sweep stored is what the mapper finds for the stored architecture alone, bit for bit.
func TestAlone(t *testing.T) {
	b := twoWorkloads(t, rand.New(rand.NewPCG(3, 11)))
	objective, _ := mapper.ParseObjective(b.Objective)
	networks, err := Networks(b)
	if err != nil {
		t.Fatal(err)
	}
	layers := map[string]*workload.Layer{}
	for _, n := range networks {
		for i := range n.Layers {
			layers[n.Name+" "+n.Layers[i].Name] = &n.Layers[i]
		}
	}
	s := store(t, Config{Sweep: b, Jobs: 2})
	rows, err := s.Query(context.Background(), `SELECT c.idx, c.arch_yaml, l.workload, l.layer, l.energy_j, l.latency_s, l.edp_js, l.mapping_json, l.evaluated
		FROM layer_result l JOIN candidates c USING (candidate_id)`)
	if err != nil || len(rows.Values) < 50 {
		t.Fatalf("%d layers, %v", len(rows.Values), err)
	}
	for _, v := range rows.Values {
		spec, err := hwmodel.ParseSpec([]byte(v[1].(string)), "arch.yaml")
		if err != nil {
			t.Fatal(err)
		}
		arch, err := spec.Build()
		if err != nil {
			t.Fatal(err)
		}
		l := layers[fmt.Sprint(v[2], " ", v[3])]
		r, err := mapper.Optimal(context.Background(), arch, &l.Einsum, mapper.Options{Objective: objective})
		if err != nil {
			t.Fatal(err)
		}
		m, err := r.Mapping.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		got := []any{r.Cost.EnergyJ, r.Cost.LatencyS, r.Cost.EDPJs, string(m), r.Search.Evaluated}
		if !slices.Equal(got, v[4:]) {
			t.Fatalf("candidate %v, %v %v: alone\n%v, stored\n%v", v[0], v[2], v[3], got, v[4:])
		}
	}
}
