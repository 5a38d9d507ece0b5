package dse

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/results"
)

// rowsOf draws layers whose figures span twelve decades, and adds them up exactly.
func rowsOf(r *rand.Rand, n int) (rows []results.Layer, want Totals) {
	draw := func() float64 { return math.Pow(10, 12*r.Float64()-12) }
	energy, latency := new(big.Float).SetPrec(400), new(big.Float).SetPrec(400)
	for range n {
		l := results.Layer{Count: 1 + r.Int64N(1_000_000), EnergyJ: draw(), LatencyS: draw()}
		rows = append(rows, l)
		energy.Add(energy, big.NewFloat(l.EnergyJ*float64(l.Count)))
		latency.Add(latency, big.NewFloat(l.LatencyS*float64(l.Count)))
	}
	want.EnergyJ, _ = energy.Float64()
	want.LatencyS, _ = latency.Float64()
	return rows, want
}

// TestOrderOfLayers: a network's totals do not depend on the order of its layers, however many there are.
func TestOrderOfLayers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	worst := 0.0
	for _, n := range []int{1, 2, 20, 1000, 100_000} {
		rows, want := rowsOf(r, n)
		for range 3 {
			w := mappedNetwork(&workload.Network{Name: "n"}, rows)
			for _, x := range [][2]float64{{w.EnergyJ, want.EnergyJ}, {w.LatencyS, want.LatencyS}, {w.EDPJs, want.EDPJs()}} {
				off := math.Abs(x[0]-x[1]) / x[1]
				worst = max(worst, off)
				if off > 1e-15 {
					t.Errorf("%d layers: %v, exactly %v: %.2g off", n, x[0], x[1], off)
				}
			}
			r.Shuffle(n, func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
	}
	t.Logf("worst %.2g", worst)
}

// TestNetworkEDPOrder: nor does the choice that makes the network's product least, with fronts that span eight decades, so
// that what is left after all savings is a small part of what was there first.
func TestNetworkEDPOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for turn := range 20 {
		var fronts [][]results.Layer
		for range 200 {
			var f []results.Layer
			count := 1 + r.Int64N(1000)
			e, l := math.Pow(10, 12*r.Float64()), math.Pow(10, -12*r.Float64())
			for range 1 + r.IntN(6) {
				f = append(f, results.Layer{Count: count, EnergyJ: e, LatencyS: l})
				e, l = e*math.Pow(10, -6*r.Float64()), l*math.Pow(10, 6*r.Float64())
			}
			fronts = append(fronts, f)
		}
		want := product(fronts, NetworkEDP(fronts))
		for range 5 {
			r.Shuffle(len(fronts), func(i, j int) { fronts[i], fronts[j] = fronts[j], fronts[i] })
			if got := product(fronts, NetworkEDP(fronts)); math.Abs(got-want) > 1e-12*want {
				t.Errorf("turn %d: EDP %v, in another order %v", turn, want, got)
			}
		}
	}
}

// TestNetworkEDPCancels: of a layer whose slowest mapping takes 1e-17 of the energy of its fastest, that little counts. As a
// difference of sums it would be lost, and the next layer's saving would make the product seem negative.
func TestNetworkEDPCancels(t *testing.T) {
	fronts := [][]results.Layer{
		{{Count: 1, EnergyJ: 1e20, LatencyS: 1}, {Count: 1, EnergyJ: 1000, LatencyS: 1.0000001}},
		{{Count: 1, EnergyJ: 2000, LatencyS: 1}, {Count: 1, EnergyJ: 1000, LatencyS: 10}},
	}
	if got := NetworkEDP(fronts); got[0] != 1 || got[1] != 0 {
		t.Errorf("chosen %v, want [1 0]", got)
	}
}

// TestBeyondFloats: a candidate whose totals are not finite has failed and says why; the others are stored, and reports
// of the sweep and of its database know no infinity.
func TestBeyondFloats(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.db")
	s := sweep(t)
	dump, sum, err := run(t, context.Background(), path, Config{Sweep: s, Map: func(ctx context.Context, a *hwmodel.Arch, l *workload.Layer, o mapper.Objective) (results.Layer, error) {
		row, err := MapLayer(ctx, a, l, o)
		if err == nil && a.Nodes[2].Dims[0].Size == 2 {
			row.EnergyJ = 1e308 // finite, but not over two runs
		}
		return row, err
	}})
	if err != nil || sum.Failed == 0 || sum.Done != sum.Total || sum.Failed == sum.Total {
		t.Fatalf("%+v %v", sum, err)
	}
	if strings.Contains(dump, "Inf") && !strings.Contains(dump, "only finite numbers are stored") {
		t.Error(dump)
	}
	store, err := results.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for query, want := range map[string]int64{
		"SELECT count(*) FROM candidate WHERE status = 'failed'":                                     sum.Failed,
		"SELECT count(*) FROM candidate WHERE status = 'failed' AND reason LIKE '%net is +Inf%'":     sum.Failed,
		"SELECT count(*) FROM candidate WHERE status = 'failed' AND reason LIKE '%all runs of a %'":  sum.Failed,
		"SELECT count(*) FROM candidate WHERE status <> 'ok' AND edp_js IS NOT NULL":                 0,
		"SELECT count(*) FROM candidate WHERE abs(edp_js) > 1e200 OR energy_j = 0 AND status = 'ok'": 0,
	} {
		rows, err := store.Query(context.Background(), query)
		if err != nil {
			t.Fatal(err)
		}
		if got := rows.Values[0][0]; got != want {
			t.Errorf("%s: %v, want %d", query, got, want)
		}
	}
}

// TestLongETA: years that a duration does not hold are as long as one that it does.
func TestLongETA(t *testing.T) {
	m := newMeter(time.Unix(0, 0), 1, &Counted{Total: math.MaxInt64, pilots: pilots{stride: 1 << 61, at: make([]pilot, 4)}})
	for k := range int64(4) {
		m.expect.decided(k<<61, false, 3600)
	}
	if p := m.now(time.Unix(3600, 0)); p.ETA < 1<<62 {
		t.Errorf("%v left", p.ETA)
	}
}
