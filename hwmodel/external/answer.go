package external

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"tcmdse/hwmodel/estimate"
)

// figure is one figure of an answer.
type figure struct {
	Field    string   `json:"field"`
	Value    *float64 `json:"value"`
	Source   string   `json:"source"`
	ErrorP95 float64  `json:"error_p95,omitempty"`
	Note     string   `json:"note,omitempty"`
}

// answer is what a program prints.
type answer struct {
	Figures     []figure `json:"figures"`
	Warnings    []string `json:"warnings"`
	Unsupported string   `json:"unsupported"`
	Error       string   `json:"error"`
}

// fieldsOf lists the figures that a component of a model has.
func fieldsOf(model string) []string {
	switch model {
	case estimate.MAC:
		return []string{estimate.Area, estimate.Leakage, estimate.Energy, estimate.Throughput}
	case estimate.NoC:
		return []string{estimate.Area, estimate.Leakage, estimate.Energy, estimate.AccessTime}
	}
	return []string{estimate.Area, estimate.Leakage, estimate.ReadEnergy, estimate.WriteEnergy, estimate.ReadBandwidth, estimate.WriteBandwidth, estimate.AccessTime}
}

// read checks an answer. What is not understood in full is a failure: a misspelt field would cost nothing.
func read(out []byte, model string) (record, error) {
	dec := json.NewDecoder(bytes.NewReader(out))
	dec.DisallowUnknownFields()
	var a answer
	if err := dec.Decode(&a); err != nil {
		return record{}, fmt.Errorf("not an answer: %w", err)
	}
	if dec.More() {
		return record{}, fmt.Errorf("more than one answer")
	}
	if a.Error != "" {
		return record{}, fmt.Errorf("%s", a.Error)
	}
	if a.Unsupported != "" {
		return record{Unsupported: a.Unsupported}, nil
	}
	if len(a.Figures) == 0 {
		return record{}, fmt.Errorf("an answer without figures; say unsupported or error instead")
	}
	known := fieldsOf(model)
	seen := map[string]bool{}
	for _, f := range a.Figures {
		switch {
		case !slices.Contains(known, f.Field):
			return record{}, fmt.Errorf("figure %q is none of %s; there are %s", f.Field, model, strings.Join(known, ", "))
		case seen[f.Field]:
			return record{}, fmt.Errorf("figure %q twice", f.Field)
		case f.Value == nil || math.IsInf(*f.Value, 0) || *f.Value < 0:
			return record{}, fmt.Errorf("figure %q is no number from 0", f.Field)
		case *f.Value == 0 && f.Note == "":
			return record{}, fmt.Errorf("figure %q is 0 and no note says why", f.Field)
		case *f.Value == 0 && (strings.HasSuffix(f.Field, "bandwidth") || f.Field == estimate.Throughput):
			return record{}, fmt.Errorf("figure %q is 0: nothing would ever move", f.Field)
		case f.Source == "":
			return record{}, fmt.Errorf("figure %q has no source", f.Field)
		case f.ErrorP95 < 0:
			return record{}, fmt.Errorf("figure %q has an error below 0", f.Field)
		}
		seen[f.Field] = true
	}
	r := record{Figures: a.Figures}
	for _, w := range a.Warnings {
		r.Warnings = append(r.Warnings, estimate.Warning{Text: w})
	}
	return r, nil
}

// memory is the Cache of a Command that got no other.
type memory struct {
	mu   sync.Mutex
	seen map[string][]byte
}

func newMemory() *memory { return &memory{seen: map[string][]byte{}} }

func (m *memory) Estimate(_ context.Context, key string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.seen[key]
	return data, ok, nil
}

func (m *memory) PutEstimate(_ context.Context, key string, _, answer []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen[key] = answer
	return nil
}
