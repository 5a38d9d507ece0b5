package results

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Sweep is one run of a sweep file.
type Sweep struct {
	ID              int64
	Name, Arch      string
	Workloads       []string
	Objective       string
	Config          string // the whole configuration as it ran
	ToolVersion     string
	ModelVersion    string
	StartedAt       time.Time
	FinishedAt      time.Time // zero while unfinished
	CandidatesTotal int64
	Warnings        []string
	Overrides       []string          // PATH=VALUE that replaced the file's
	CostTables      map[string]string // cost table to its sha256
	Seed            *int64            // of the sample; nil where nothing is drawn
	Mode            string            // ModeAll or ModeFrontOnly; "": ModeAll
	Identity        []byte            // hash of what decides candidates and results; nil: Config. Of Begin only
}

// Fingerprint is a hash of model, mode and configuration: sweeps of one fingerprint are one sweep, and are joined as one.
func (w *Sweep) Fingerprint() string {
	mode := w.Mode
	if mode == "" {
		mode = ModeAll
	}
	sum := sha256.Sum256([]byte(w.ModelVersion + "\x00" + mode + "\x00" + w.Config))
	return hex.EncodeToString(sum[:])
}

// The modes of a sweep.
const (
	ModeAll       = "all"
	ModeFrontOnly = "front_only" // candidates that cannot be on the front are skipped
)

// Param is one parameter of a candidate, value in SI units (sizes in bits).
type Param struct {
	Path  string
	Value float64
	Text  string // as written
}

// Component is one component's share of a layer, all instances together except where said.
type Component struct {
	Name                string          `json:"name"`
	EnergyJ             float64         `json:"energy_j"`
	LeakageJ            float64         `json:"leakage_j"`
	BusyS               float64         `json:"busy_s"` // of each instance in use
	AreaMM2             float64         `json:"area_mm2"`
	Instances           int64           `json:"instances"`
	PeakBits            float64         `json:"peak_bits"` // of each instance
	SizeBits            int64           `json:"size_bits"` // of each instance; 0: unlimited
	ReadBits, WriteBits float64         `json:"-"`
	Tensors             []TensorTraffic `json:"-"`
}

// TensorTraffic is what one tensor moves in one component.
type TensorTraffic struct {
	Tensor    string  `json:"tensor"`
	ReadBits  float64 `json:"read_bits"`
	WriteBits float64 `json:"write_bits"`
	PeakBits  float64 `json:"peak_bits"`
}

// Layer is a layer's result for one run of it.
type Layer struct {
	Name          string
	Count         int64
	EnergyJ       float64
	LatencyS      float64
	EDPJs         float64
	MACs          float64
	Utilization   float64
	Bottleneck    string
	MappingJSON   string
	MappingText   string
	Optimal       bool
	MapspaceLog10 float64
	Templates     int64 // orders of storage nodes opened; 0 when read back
	Nodes         int64 // partial choices bounded; 0 when read back
	Evaluated     int64
	Seconds       float64
	Components    []Component
	WorkKey       []byte // hash of all that decides the figures, 16 bytes; nil: not to be recalled. Only Recall reads it back
}

// The statuses of a workload on a candidate.
const (
	OK         = "ok"
	Infeasible = "infeasible"
	OverBudget = "over_budget"
	Failed     = "failed"
	Skipped    = "skipped" // proved unable to be on the front, never mapped
)

// WorkloadResult is what one network costs on one candidate; totals multiply layers by their count.
type WorkloadResult struct {
	Workload, Status, Reason string
	EnergyJ, LatencyS, EDPJs float64
	BoundEDPJs               float64 // of Skipped: proved, its EDP is not less
	Layers                   []Layer
}

// Candidate is one point of a sweep with its results.
type Candidate struct {
	Key      string // identifies the architecture
	Index    int64  // in the sweep's order
	Arch     string
	ArchYAML string
	AreaMM2  float64
	Params   []Param
	Results  []WorkloadResult
	Costs    []ComponentCosts // in the architecture's order
	Warnings []string         // about estimated costs
	Overhead string           // factors on estimated costs, "" for none
}

// ComponentCosts is what one instance of a component costs.
type ComponentCosts struct {
	Component string
	Instances int64
	Figures   []CostFigure
}

// CostFigure is one cost with where it is from.
type CostFigure struct {
	Field    string  `json:"field"` // area, leakage, read.energy, ...
	Value    float64 `json:"value"` // in Unit
	Unit     string  `json:"unit"`
	Method   string  `json:"method"` // explicit, external, table, interpolated, formula, extrapolated, convention
	Source   string  `json:"source"`
	Table    string  `json:"table,omitempty"`
	SHA256   string  `json:"sha256,omitempty"`    // of the table
	ErrorP95 float64 `json:"error_p95,omitempty"` // relative, against the source; 0: not known
	Note     string  `json:"note,omitempty"`
}
