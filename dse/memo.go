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
	order    []workKey // keys of done, oldest first
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
	// old tells that the row was not mapped by this run.
	old bool
}

// archKey hashes what the mapper sees of an architecture.
func archKey(arch *hwmodel.Arch) (string, error) {
	seen := *arch
	seen.Name, seen.TechM, seen.ClockHz = "", 0, 0
	seen.Nodes = append([]hwmodel.Node(nil), arch.Nodes...)
	for i := range seen.Nodes {
		seen.Nodes[i].AreaM2 = 0
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
		h.Write([]byte{0}) // no part but the last holds one
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

// layer maps a layer or recalls it, and tells whether it was mapped for this call. Areas, names and counts are those of
// the asking candidate.
func (m *memo) layer(ctx context.Context, arch *hwmodel.Arch, archKey string, l *workload.Layer, o mapper.Objective) (row results.Layer, mapped bool, err error) {
	key := keyOf(archKey, l, o)
	m.mu.Lock()
	e, ok := m.done[key]
	m.mu.Unlock()
	if !ok {
		v, _, _ := m.flight.Do(string(key[:]), func() (any, error) {
			e := m.find(ctx, key, arch, l, o)
			mapped = !e.old
			return e, nil
		})
		e = v.(memoEntry)
	}
	if e.err != nil {
		return results.Layer{}, mapped, e.err
	}
	return forCandidate(e.row, arch, l), mapped, nil
}

// find reads a layer from the database or maps it.
func (m *memo) find(ctx context.Context, key workKey, arch *hwmodel.Arch, l *workload.Layer, o mapper.Objective) memoEntry {
	if m.store != nil {
		row, ok, err := m.store.Recall(ctx, key[:])
		if err != nil {
			return memoEntry{err: err}
		}
		if ok {
			e := memoEntry{row: row, old: true}
			m.keep(key, e)
			return e
		}
	}
	row, err := m.mapLayer(ctx, arch, l, o)
	row.WorkKey = key[:]
	e := memoEntry{row: row, err: err}
	var none *mapper.InfeasibleError
	if err == nil || errors.As(err, &none) {
		m.keep(key, e)
	}
	return e
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
