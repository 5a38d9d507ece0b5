package results

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Place is a candidate with its place in the sweep's order.
type Place struct{ ID, Index int64 }

// Part chooses the rows of a sweep that LayersOf and ComponentsOf read.
type Part struct {
	Workload string  // "": all
	Of       []Place // candidates, in the order in which their rows come; none: no rows
	Whole    bool    // with what is long: the mappings of layers, the traffic of components by tensor
}

// partSize is how many candidates one query of a Part reads. SQLite sorts their rows, so that a sweep of any size is
// read in the memory of these.
const partSize = 250

// Order lists a sweep's candidates in its order: 16 bytes each, which a million of them can afford.
func (s *Store) Order(ctx context.Context, sweepID int64) ([]Place, error) {
	var out []Place
	err := s.each(ctx, "SELECT candidate_id, idx FROM candidates WHERE sweep_id = ? ORDER BY idx, candidate_id", func(r *sql.Rows) error {
		var p Place
		err := s.scan(r, &p.ID, &p.Index)
		out = append(out, p)
		return err
	}, sweepID)
	return out, err
}

// EachCandidate calls f with every candidate of a sweep for one workload, in the sweep's order and in constant memory:
// without Arch, ArchYAML and Params, which AddArch and AddParams fill in for those that are wanted.
func (s *Store) EachCandidate(ctx context.Context, sweepID int64, workload string, f func(CandidateRow) error) error {
	bound := "0.0"
	if s.schema >= 3 {
		bound = "coalesce(bound_edp_js, 0)"
	}
	return s.each(ctx, `SELECT candidate_id, idx, area_mm2, status, reason, coalesce(energy_j, 0), coalesce(latency_s, 0), coalesce(edp_js, 0), `+bound+`, on_front
		FROM candidate WHERE sweep_id = ? AND workload = ? ORDER BY idx`, func(r *sql.Rows) error {
		c := CandidateRow{Workload: workload}
		if err := s.scan(r, &c.ID, &c.Index, &c.AreaMM2, &c.Status, &c.Reason, &c.EnergyJ, &c.LatencyS, &c.EDPJs, &c.BoundEDPJs, &c.OnFront); err != nil {
			return err
		}
		return f(c)
	}, sweepID, workload)
}

// AddParams fills in the parameters of candidates.
func (s *Store) AddParams(ctx context.Context, cs []CandidateRow) error {
	of := make([]Place, len(cs))
	for i := range cs {
		of[i].ID = cs[i].ID
	}
	ps, err := s.ParamsOf(ctx, of)
	if err != nil {
		return err
	}
	for i := range cs {
		cs[i].Params = ps[i]
	}
	return nil
}

// ParamsOf reads the parameters of candidates, in their order. Equal texts share their memory. Two connections read at
// once: most of the time goes into handing over rows.
func (s *Store) ParamsOf(ctx context.Context, of []Place) ([][]Param, error) {
	out := make([][]Param, len(of))
	g, ctx := errgroup.WithContext(ctx)
	for half := range slices.Chunk(of, max(1, (len(of)+1)/2)) {
		to := out[:len(half)]
		if len(half) > 0 && &half[0] != &of[0] {
			to = out[len(of)-len(half):]
		}
		g.Go(func() error { return s.readParams(ctx, half, to) })
	}
	return out, g.Wait()
}

func (s *Store) readParams(ctx context.Context, of []Place, to [][]Param) error {
	shared := map[string]string{}
	share := func(b sql.RawBytes) string {
		if t, ok := shared[string(b)]; ok {
			return t
		}
		t := string(b)
		shared[t] = t
		return t
	}
	var ids []int64
	most := 0
	for from := 0; from < len(of); from += partSize {
		part := to[from:min(from+partSize, len(to))]
		ids = ids[:0]
		for i := range part {
			ids = append(ids, of[from+i].ID)
		}
		err := s.each(ctx, `SELECT j.key, p.path, p.value, p.text FROM json_each(?) j CROSS JOIN params p ON p.candidate_id = j.value
			ORDER BY j.key, p.position`, func(r *sql.Rows) error {
			var at int
			var p Param
			var path, text sql.RawBytes
			if err := s.scan(r, &at, &path, &p.Value, &text); err != nil {
				return err
			}
			p.Path, p.Text = share(path), share(text)
			if part[at] == nil {
				part[at] = make([]Param, 0, most) // as many as the others have: to grow by doubling would double the memory
			}
			part[at] = append(part[at], p)
			most = max(most, len(part[at]))
			return nil
		}, jsonList(ids))
		if err != nil {
			return err
		}
	}
	return nil
}

// AddArch fills in the architectures of candidates.
func (s *Store) AddArch(ctx context.Context, cs []*CandidateRow) error {
	for part := range slices.Chunk(cs, partSize) {
		ids := make([]int64, len(part))
		for i := range part {
			ids[i] = part[i].ID
		}
		err := s.each(ctx, "SELECT j.key, c.arch, c.arch_yaml FROM json_each(?) j CROSS JOIN candidates c ON c.candidate_id = j.value", func(r *sql.Rows) error {
			var at int
			var arch, yaml string
			if err := s.scan(r, &at, &arch, &yaml); err != nil {
				return err
			}
			part[at].Arch, part[at].ArchYAML = arch, yaml
			return nil
		}, jsonList(ids))
		if err != nil {
			return err
		}
	}
	return nil
}

// EachParamText calls f with every text that a parameter has in a sweep, once, in the order in which they first occur.
func (s *Store) EachParamText(ctx context.Context, sweepID int64, f func(path, text string) error) error {
	return s.each(ctx, `SELECT p.path, p.text FROM candidates c JOIN params p USING (candidate_id) WHERE c.sweep_id = ?
		GROUP BY p.path, p.text ORDER BY min(c.idx), min(p.position)`, func(r *sql.Rows) error {
		var path, text string
		if err := s.scan(r, &path, &text); err != nil {
			return err
		}
		return f(path, text)
	}, sweepID)
}

// Proofs counts a sweep's layer results by workload.
func (s *Store) Proofs(ctx context.Context, sweepID int64) (layers, unproved map[string]int, err error) {
	layers, unproved = map[string]int{}, map[string]int{}
	err = s.each(ctx, `SELECT l.workload, count(*), sum(NOT l.optimal) FROM candidates c JOIN layer_result l USING (candidate_id)
		WHERE c.sweep_id = ? GROUP BY l.workload`, func(r *sql.Rows) error {
		var name string
		var n, not int
		err := s.scan(r, &name, &n, &not)
		layers[name], unproved[name] = n, not
		return err
	}, sweepID)
	return layers, unproved, err
}

// LayersOf calls f with the layer results of a part of a sweep: by candidate, workload and layer in the network's order.
func (s *Store) LayersOf(ctx context.Context, p Part, f func(LayerRow) error) error {
	long := "'', ''"
	if p.Whole {
		long = "l.mapping_json, l.mapping"
	}
	return s.eachPart(ctx, p, `SELECT j.key, l.workload, l.layer, l.count, l.energy_j, l.latency_s, l.edp_js, l.macs,
		l.utilization, l.bottleneck, `+long+`, l.optimal, l.mapspace_log10, l.evaluated, l.seconds
		FROM json_each(?1) j CROSS JOIN layer_result l ON l.candidate_id = j.value WHERE ?2 IN ('', l.workload)
		ORDER BY j.key, l.workload, l.position`, func(r *sql.Rows, of []Place) error {
		var l LayerRow
		var at int
		if err := s.scan(r, &at, &l.Workload, &l.Name, &l.Count, &l.EnergyJ, &l.LatencyS, &l.EDPJs, &l.MACs,
			&l.Utilization, &l.Bottleneck, &l.MappingJSON, &l.MappingText, &l.Optimal, &l.MapspaceLog10, &l.Evaluated, &l.Seconds); err != nil {
			return err
		}
		l.CandidateID, l.Index = of[at].ID, of[at].Index
		return f(l)
	})
}

// ComponentsOf calls f with every component's share of the layers of a part of a sweep, in the order of LayersOf.
func (s *Store) ComponentsOf(ctx context.Context, p Part, f func(ComponentRow) error) error {
	long := "'[]'"
	if p.Whole {
		long = "k.tensors"
	}
	return s.eachPart(ctx, p, `SELECT j.key, k.workload, k.layer, k.count, k.component, k.energy_j, k.leakage_j, k.busy_s,
		k.area_mm2, k.instances, k.peak_bits, k.size_bits, k.read_bits, k.write_bits, `+long+`
		FROM json_each(?1) j CROSS JOIN component_result k ON k.candidate_id = j.value WHERE ?2 IN ('', k.workload)
		ORDER BY j.key, k.workload, k.layer_position, k.position`, func(r *sql.Rows, of []Place) error {
		var k ComponentRow
		var at int
		var tensors sql.RawBytes
		if err := s.scan(r, &at, &k.Workload, &k.Layer, &k.Count, &k.Name, &k.EnergyJ, &k.LeakageJ, &k.BusyS,
			&k.AreaMM2, &k.Instances, &k.PeakBits, &k.SizeBits, &k.ReadBits, &k.WriteBits, &tensors); err != nil {
			return err
		}
		k.CandidateID, k.Index = of[at].ID, of[at].Index
		var err error
		if p.Whole {
			if k.Tensors, err = parseTensors(tensors); err != nil {
				return fmt.Errorf("results: %s: traffic of %s: %w", s.path, k.Name, err)
			}
		}
		return f(k)
	})
}

// eachPart asks a query for partSize candidates at a time: ?1 is the list of them, ?2 the workload.
func (s *Store) eachPart(ctx context.Context, p Part, query string, f func(r *sql.Rows, of []Place) error) error {
	for of := range slices.Chunk(p.Of, partSize) {
		ids := make([]int64, len(of))
		for i := range of {
			ids[i] = of[i].ID
		}
		if err := s.each(ctx, query, func(r *sql.Rows) error { return f(r, of) }, jsonList(ids), p.Workload); err != nil {
			return err
		}
	}
	return nil
}

func jsonList(ids []int64) string {
	b, _ := json.Marshal(ids) // numbers always marshal
	return string(b)
}
