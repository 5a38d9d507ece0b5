package dse

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"sync"

	"golang.org/x/sync/singleflight"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/workload"
	"tcmdse/results"
)

// memo remembers mapped layers by what the mapper sees: the architecture without names and areas, the layer's shape
// and the objective. Equal work that runs at once is done once; work that any sweep in the database did is read back.
type memo struct {
	mapLayer MapFunc
	store    *results.Store // nil: nothing is read back
	flight   singleflight.Group
	mu       sync.Mutex
	done     map[workKey]memoEntry
	order    []workKey         // keys of done, oldest first
	refused  []results.Refusal // found by this run, not stored yet
}

// workKey is a hash of all that decides a layer's figures: the numbers of the architecture that matter, the shape of
// the layer, the objective and the version of the model.
type workKey [16]byte

// memoSize bounds what is remembered: enough for the layers of hundreds of candidates around the current ones, which
// are those that differ in area only, and no more however long the sweep. What is older is in the database.
const memoSize = 4096

type memoEntry struct {
	row results.Layer
	err error
	how provenance // byMapping or byRecall
}

// provenance is how a candidate came by a layer.
type provenance int

const (
	byMapping provenance = iota // for it
	byEqual                     // for an equal layer, by this run
	byRecall                    // read back from the database
)

// archKey hashes what the mapper sees of an architecture.
func archKey(arch *hwmodel.Arch) (string, error) {
	seen := *arch
	seen.Name, seen.TechM, seen.ClockHz = "", 0, 0
	seen.Nodes = append([]hwmodel.Node(nil), arch.Nodes...)
	for i := range seen.Nodes {
		n := &seen.Nodes[i]
		listed := n.Kind == hwmodel.Array && n.Priced() // such arrays are among a row's components, for their area alone too
		if n.AreaM2 = 0; listed {
			n.AreaM2 = 1
		}
	}
	data, err := json.Marshal(seen)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return string(sum[:]), nil
}

func keyOf(archKey string, l *workload.Layer, o mapper.Objective) workKey {
	h := sha256.New()
	for _, part := range []string{ModelVersion, searchVersion, o.String(), archKey, l.Einsum.ShapeKey()} {
		h.Write([]byte(part))
		h.Write([]byte{0}) // parts are words and hashes: none is another's beginning
	}
	var k workKey
	copy(k[:], h.Sum(nil))
	return k
}

func (m *memo) keep(key workKey, e memoEntry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.order) == memoSize {
		delete(m.done, m.order[0])
		m.order = m.order[1:]
	}
	m.done[key] = e
	m.order = append(m.order, key)
}

// storeError is a failure to read what is stored: it ends a run, where a layer that cannot be mapped does not.
type storeError struct{ error }

func (e storeError) Unwrap() error { return e.error }

// layer maps a layer or recalls it, and tells which. Areas, names and counts are those of the asking candidate.
func (m *memo) layer(ctx context.Context, arch *hwmodel.Arch, archKey string, l *workload.Layer, o mapper.Objective) (row results.Layer, how provenance, err error) {
	key := keyOf(archKey, l, o)
	e, ok := m.recall(key)
	fresh := false
	if !ok {
		v, err, _ := m.flight.Do(string(key[:]), func() (any, error) {
			if e, ok := m.recall(key); ok { // an equal flight may just have landed
				return e, nil
			}
			fresh = true
			return m.find(ctx, key, arch, l, o)
		})
		if err != nil {
			return results.Layer{}, byMapping, storeError{err}
		}
		e = v.(memoEntry)
	}
	if how = e.how; how == byMapping && !fresh {
		how = byEqual
	}
	if e.err != nil {
		return results.Layer{}, how, e.err
	}
	return forCandidate(e.row, arch, l), how, nil
}

func (m *memo) recall(key workKey) (memoEntry, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.done[key]
	return e, ok
}

// find reads a layer from the database or maps it; the error is one of reading.
func (m *memo) find(ctx context.Context, key workKey, arch *hwmodel.Arch, l *workload.Layer, o mapper.Objective) (memoEntry, error) {
	e := memoEntry{how: byRecall}
	if m.store != nil {
		row, ok, err := m.store.Recall(ctx, key[:])
		if err != nil {
			return e, err
		}
		if ok {
			e.row = row
			m.keep(key, e)
			return e, nil
		}
		reason, ok, err := m.store.Refused(ctx, key[:])
		if err != nil {
			return e, err
		}
		if ok {
			e.err = &mapper.InfeasibleError{Reason: reason}
			m.keep(key, e)
			return e, nil
		}
	}
	e.how = byMapping
	e.row, e.err = m.mapLayer(ctx, arch, l, o)
	if e.row.Optimal {
		e.row.WorkKey = key[:]
	}
	var none *mapper.InfeasibleError
	infeasible := errors.As(e.err, &none)
	if e.err == nil || infeasible {
		m.keep(key, e)
	}
	if infeasible && m.store != nil {
		m.mu.Lock()
		m.refused = append(m.refused, results.Refusal{WorkKey: key[:], Reason: none.Reason})
		m.mu.Unlock()
	}
	return e, nil
}

// takeRefused hands over the refusals that are not stored yet.
func (m *memo) takeRefused() []results.Refusal {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.refused
	m.refused = nil
	return out
}

// forCandidate returns a row with the name and count of a layer and the areas of an architecture.
func forCandidate(row results.Layer, arch *hwmodel.Arch, l *workload.Layer) results.Layer {
	row.Name, row.Count = l.Name, l.Count
	row.Components = append([]results.Component(nil), row.Components...)
	areas := make(map[string]float64, len(arch.Nodes))
	instances := arch.Instances()
	for i := range arch.Nodes {
		areas[arch.Nodes[i].Name] = arch.Nodes[i].AreaM2 * float64(instances[i]) * 1e6
	}
	for i := range row.Components {
		row.Components[i].AreaMM2 = areas[row.Components[i].Name]
	}
	return row
}
