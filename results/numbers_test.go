package results

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// floats calls f with every float64 below v, and where it is.
func floats(v reflect.Value, at string, f func(at string, x reflect.Value)) {
	switch v.Kind() {
	case reflect.Float64:
		f(at, v)
	case reflect.Struct:
		for i := range v.NumField() {
			floats(v.Field(i), at+"."+v.Type().Field(i).Name, f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			floats(v.Index(i), fmt.Sprintf("%s[%d]", at, i), f)
		}
	}
}

// everyFigure is a candidate with a figure in every column: mapped, skipped, with costs.
func everyFigure() Candidate {
	c := sample(7, 3, 4)
	c.Results = append(c.Results, WorkloadResult{Workload: "other", Status: Skipped, BoundEDPJs: 5})
	c.Costs = []ComponentCosts{{Component: "GLB", Instances: 1, Figures: []CostFigure{{Field: "area", Value: 0.5, Unit: "m2", ErrorP95: 0.1}}}}
	return c
}

// stored counts the rows of all tables of candidates.
func stored(t *testing.T, s *Store) (n int) {
	t.Helper()
	for _, table := range []string{"candidates", "params", "outcomes", "layers", "components", "outcome_components", "component_costs"} {
		var k int
		if err := s.db.QueryRow("SELECT count(*) FROM " + table).Scan(&k); err != nil {
			t.Fatal(err)
		}
		n += k
	}
	return n
}

// TestOnlyFinite: whatever figure of a candidate is not finite, nothing of it is stored, and the error says which it is.
func TestOnlyFinite(t *testing.T) {
	ctx := context.Background()
	s, id, _ := create(t)
	defer s.Close()
	fields := 0
	c := everyFigure()
	floats(reflect.ValueOf(&c).Elem(), "", func(at string, x reflect.Value) {
		fields++
		was := x.Float()
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			x.SetFloat(bad)
			err := s.Append(ctx, id, []Candidate{sample(0, 1, 2), c})
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("is %g", bad)) || !strings.Contains(err.Error(), "candidate 7") {
				t.Errorf("%s = %v: %v", at, bad, err)
			}
		}
		x.SetFloat(was)
	})
	if fields != 30 { // a new field has to be thought of
		t.Errorf("%d figures, not 30", fields)
	}
	if n := stored(t, s); n != 0 {
		t.Errorf("%d rows are stored", n)
	}
	if err := s.Append(ctx, id, []Candidate{c}); err != nil {
		t.Fatal(err)
	}
	everyColumn(t, s)
}

// everyColumn checks that the one candidate stored has a figure in every column of a number that is no integer, so that
// none was left out above, and that all are finite.
func everyColumn(t *testing.T, s *Store) {
	t.Helper()
	rows, err := s.db.Query(`SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'REAL'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var columns [][2]string
	for rows.Next() {
		var c [2]string
		if err := rows.Scan(&c[0], &c[1]); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	if len(columns) < 30 {
		t.Errorf("only %d columns: %v", len(columns), columns)
	}
	for _, c := range columns {
		var n, not int
		q := fmt.Sprintf("SELECT count(%[2]s), count(%[2]s) FILTER (WHERE abs(%[2]s) > 1.7976931348623157e308) FROM %[1]s", c[0], c[1])
		if err := s.db.QueryRow(q).Scan(&n, &not); err != nil {
			t.Fatal(err)
		}
		if n == 0 || not > 0 {
			t.Errorf("%s.%s: %d figures, %d of them not finite", c[0], c[1], n, not)
		}
	}
}

// TestSumsFinite: figures that are finite themselves, but not over the network.
func TestSumsFinite(t *testing.T) {
	for name, change := range map[string]func(r *WorkloadResult){
		"a layer's runs":    func(r *WorkloadResult) { r.Layers[0].EnergyJ, r.Layers[0].Count = 1e300, 1<<62 },
		"a component's sum": func(r *WorkloadResult) { r.Layers[0].Components[0].ReadBits, r.Layers[0].Count = 1e300, 1<<62 },
		"energy and leakage": func(r *WorkloadResult) {
			k := &r.Layers[0].Components[0]
			k.EnergyJ, k.LeakageJ, r.Layers[0].Count = 1e308, 1e308, 1
		},
		"two layers": func(r *WorkloadResult) {
			r.Layers[0].Count, r.Layers[0].Components[0].BusyS = 1, 1e308
			r.Layers = append(r.Layers, r.Layers[0])
		},
		"MACs":    func(r *WorkloadResult) { r.Layers[0].MACs, r.Layers[0].Count = 1e300, 1<<62 },
		"a share": func(r *WorkloadResult) { r.EnergyJ, r.Layers[0].EnergyJ = 5e-324, 1 },
	} {
		s, id, _ := create(t)
		c := sample(0, 1, 2)
		change(&c.Results[0])
		if err := s.Append(context.Background(), id, []Candidate{c}); err == nil || !strings.Contains(err.Error(), "only finite") {
			t.Errorf("%s: %v", name, err)
		}
		if n := stored(t, s); n != 0 {
			t.Errorf("%s: %d rows are stored", name, n)
		}
		s.Close()
	}
}

// network is one of many layers whose figures span many decades, added up exactly.
func network(r *rand.Rand, layers int, decades float64) (w WorkloadResult, energy map[string]float64) {
	draw := func() float64 { return math.Pow(10, decades*r.Float64()-decades) }
	exact := map[string]*big.Float{}
	add := func(name string, x float64) {
		if exact[name] == nil {
			exact[name] = new(big.Float).SetPrec(400)
		}
		exact[name].Add(exact[name], big.NewFloat(x))
	}
	w = WorkloadResult{Workload: "net", Status: OK}
	for i := range layers {
		l := Layer{Name: fmt.Sprint(i), Count: 1 + r.Int64N(1000), LatencyS: draw(), MACs: 1, Bottleneck: "GLB"}
		for _, name := range []string{"GLB", "MAC"} {
			k := Component{Name: name, EnergyJ: draw(), LeakageJ: draw()}
			l.Components = append(l.Components, k)
			l.EnergyJ += k.EnergyJ + k.LeakageJ
			add(name, float64(l.Count)*k.EnergyJ)
		}
		add("", float64(l.Count)*l.EnergyJ)
		w.Layers = append(w.Layers, l)
	}
	energy = map[string]float64{}
	for name, x := range exact {
		energy[name], _ = x.Float64()
	}
	w.EnergyJ, w.LatencyS = energy[""], 1
	return w, energy
}

// TestOrderOfSums: sums that are stored, and sums of a query over what is stored, do not depend on the order of layers.
func TestOrderOfSums(t *testing.T) {
	layers := 20_000
	if testing.Short() {
		layers = 2000
	}
	r := rand.New(rand.NewPCG(8, 9))
	w, want := network(r, layers, 12)
	worst := 0.0
	for turn := range 3 {
		s, id, _ := create(t)
		c := sample(0, 1, 2)
		c.Results = []WorkloadResult{w}
		if err := s.Append(context.Background(), id, []Candidate{c}); err != nil {
			t.Fatal(err)
		}
		check := func(what, query string, want float64) {
			t.Helper()
			var got float64
			if err := s.db.QueryRow(query).Scan(&got); err != nil {
				t.Fatal(err)
			}
			worst = max(worst, math.Abs(got-want)/want)
			if math.Abs(got-want) > 1e-15*want {
				t.Errorf("order %d: %s is %v, exactly %v: %.2g off", turn, what, got, want, math.Abs(got-want)/want)
			}
		}
		check("stored sum of GLB", "SELECT energy_j FROM outcome_components WHERE component = 'GLB'", want["GLB"])
		check("stored sum of MAC", "SELECT energy_j FROM outcome_components WHERE component = 'MAC'", want["MAC"])
		check("sum of layer_breakdown", "SELECT sum(energy_j) FROM layer_breakdown", want[""])
		check("sum of component_result", "SELECT sum(count * energy_j) FROM component_result WHERE component = 'GLB'", want["GLB"])
		check("sum of shares", "SELECT sum(energy_share) FROM layer_breakdown", 1)
		s.Close()
		r.Shuffle(len(w.Layers), func(i, j int) { w.Layers[i], w.Layers[j] = w.Layers[j], w.Layers[i] })
	}
	t.Logf("%d layers over 12 decades: worst %.2g", layers, worst)
}

// TestMergeFinite: a file that was edited to hold a figure that is not finite, in any column, is not joined, and the error says where
// it is. Figures that a user added beside this tool's are none of it.
func TestMergeFinite(t *testing.T) {
	ctx := context.Background()
	good := file(t, "good.db", netSweep(), sample(0, 1, 4), sample(1, 2, 3))
	into, _ := merged(t)
	columns, err := into.Query(ctx, `SELECT t.name, c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.type = 'REAL'`)
	if err != nil || len(columns.Values) < 30 {
		t.Fatal(columns, err)
	}
	edit := func(ddl string) string {
		path := filepath.Join(t.TempDir(), "edited.db")
		data, err := os.ReadFile(good)
		if err == nil {
			err = os.WriteFile(path, data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite3", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(ddl); err != nil {
			t.Fatal(ddl, err)
		}
		return path
	}
	for i, c := range columns.Values {
		value := []string{"9e999", "-9e999"}[i%2]
		table, column := c[0].(string), c[1].(string)
		key := keyColumn(table)
		path := edit(fmt.Sprintf("UPDATE %[1]s SET %[2]s = %[3]s WHERE %[4]s = (SELECT max(%[4]s) FROM %[1]s)", table, column, value, key))
		_, err := into.Merge(ctx, path)
		var bad *InfiniteError
		if !errors.As(err, &bad) || bad.Table != table || bad.Column != column || !strings.HasSuffix(bad.Value, "Inf") || !strings.HasPrefix(bad.Row, key+" ") {
			t.Errorf("%s.%s: %v", table, column, err)
		}
		if rows, err := into.Query(ctx, "SELECT count(*) FROM sweeps"); err != nil || rows.Values[0][0] != int64(0) {
			t.Fatalf("%s.%s: joined all the same: %v, %v", table, column, rows, err)
		}
	}
	if m, err := into.Merge(ctx, edit("ALTER TABLE candidates ADD COLUMN mine REAL; UPDATE candidates SET mine = 9e999; UPDATE layers SET energy_j = 1.7976931348623157e308")); err != nil || m.Outcomes != 2 {
		t.Errorf("a user's column and the largest number: %+v, %v", m, err)
	}
}

// keyColumn is the first column of a table's key.
func keyColumn(table string) string {
	return map[string]string{"candidates": "candidate_id", "params": "candidate_id", "outcomes": "outcome_id", "layers": "layer_id",
		"components": "layer_id", "outcome_components": "outcome_id"}[table]
}
