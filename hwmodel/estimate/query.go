package estimate

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// The models that Builtin knows.
const (
	SRAM    = "sram"
	RegFile = "regfile"
	MAC     = "mac"
	DRAM    = "dram"
	NoC     = "noc"
)

// Models lists the models of memories, of computes and of arrays.
func Models() (memories, computes, arrays []string) {
	return []string{SRAM, RegFile, DRAM}, []string{MAC}, []string{NoC}
}

// Query asks what one instance of a component costs. Zero values are the defaults named here; fields that a model does
// not know stay zero. Its JSON is what external estimators read (docs/estimators.md).
type Query struct {
	Model        string  `json:"model"`
	TechnologyNM float64 `json:"technology_nm,omitempty"` // feature size
	ClockHz      float64 `json:"clock_hz,omitempty"`      // 0: none given

	// Memories.
	SizeBits     int64   `json:"size_bits,omitempty"` // 0: unlimited
	WidthBits    int64   `json:"width_bits,omitempty"`
	Banks        int64   `json:"banks,omitempty"`         // 0: 1
	Ports        string  `json:"ports,omitempty"`         // 1rw (default) or 1r1w
	Cell         string  `json:"cell,omitempty"`          // lstp (default), lop, hp: CACTI's ITRS devices
	TemperatureK float64 `json:"temperature_k,omitempty"` // 0: 300
	Force        bool    `json:"force,omitempty"`         // sram even where flip-flops would be taken

	// Computes.
	Format     string `json:"format,omitempty"`     // of both factors: int1 to int64, fp16, bf16, fp32; "" : int8
	Accumulate string `json:"accumulate,omitempty"` // of the sum; "": int32, fp32
	Library    string `json:"library,omitempty"`    // horowitz (default) or aladdin

	// DRAM.
	Type     string `json:"type,omitempty"`
	Channels int64  `json:"channels,omitempty"` // 0: 1

	// Networks of an array: one bus that reaches all instances.
	Dims     []int64 `json:"dims,omitempty"`     // instances along each dimension
	PitchM   float64 `json:"pitch_m,omitempty"`  // between neighbours
	Wire     string  `json:"wire,omitempty"`     // delay (default) or low-energy: CACTI's repeater spacing
	Activity float64 `json:"activity,omitempty"` // transitions per bit; 0: 0.5
	BusBits  int64   `json:"bus_bits,omitempty"` // wires side by side, for the area; 0: 0 area
}

// The names of figures. Energies of memories are per access of the query's width.
const (
	Area           = "area"            // m2
	Leakage        = "leakage"         // W
	ReadEnergy     = "read.energy"     // J per access
	WriteEnergy    = "write.energy"    // J per access
	ReadBandwidth  = "read.bandwidth"  // bit/s
	WriteBandwidth = "write.bandwidth" // bit/s
	Energy         = "energy"          // J per multiply-accumulate, or per bit moved by a network
	Throughput     = "throughput"      // 1/s
	AccessTime     = "access_time"     // s, for information
)

// Method tells how a figure came about.
type Method string

// The methods. A figure that several took part in has the least certain of them.
const (
	Explicit     Method = "explicit"     // written in the architecture's file
	External     Method = "external"     // answered by an external estimator
	Table        Method = "table"        // a row of a table as it stands
	Interpolated Method = "interpolated" // between rows of a table
	Formula      Method = "formula"      // computed, as Origin.Note says
	Extrapolated Method = "extrapolated" // beyond the tables, as Origin.Note says
	Convention   Method = "convention"   // counted so by agreement, as Origin.Note says
)

// Origin tells where a figure is from.
type Origin struct {
	Method   Method  `json:"method"`
	Source   string  `json:"source"`              // who says so
	Table    string  `json:"table,omitempty"`     // embedded table
	SHA256   string  `json:"sha256,omitempty"`    // of the table's text
	ErrorP95 float64 `json:"error_p95,omitempty"` // relative error of 95 % of cases against the source; 0: not known
	Note     string  `json:"note,omitempty"`      // the formula, the assumption, the range among sources
}

// Figure is one number of a component.
type Figure struct {
	Field  string  `json:"field"`
	Value  float64 `json:"value"` // SI unit of the field
	Origin Origin  `json:"origin"`
}

// Cost is what a component costs.
type Cost struct {
	Figures  []Figure  `json:"figures"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// Warning is what a user should know before trusting a figure.
type Warning struct {
	Field string `json:"field,omitempty"` // the figure concerned; "": all. A figure given explicitly silences its warnings
	Text  string `json:"text"`
}

// Find returns the figure of a field.
func (c *Cost) Find(field string) (Figure, bool) {
	i := slices.IndexFunc(c.Figures, func(f Figure) bool { return f.Field == field })
	if i < 0 {
		return Figure{}, false
	}
	return c.Figures[i], true
}

func (c *Cost) add(field string, value float64, o Origin) {
	c.Figures = append(c.Figures, Figure{field, value, o})
}

func (c *Cost) warn(field, format string, args ...any) {
	c.Warnings = append(c.Warnings, Warning{field, fmt.Sprintf(format, args...)})
}

// ErrUnsupported is what an Estimator returns, possibly wrapped, where it has no answer and the next may be asked.
var ErrUnsupported = errors.New("not supported by this estimator")

// Estimator answers queries. Implementations may be called from several goroutines.
type Estimator interface {
	// Estimate returns figures for some or all fields of the component; those that it leaves out are asked of the next
	// estimator. An error that is not ErrUnsupported ends the build of the architecture.
	Estimate(ctx context.Context, q Query) (Cost, error)
}

// QueryError says which parameter of a query is wrong or outside of what is covered.
type QueryError struct {
	Field   string // as in architecture files: size, width, technology, format
	Given   string
	Allowed string
	Msg     string
}

func (e *QueryError) Error() string {
	s := e.Field + ": " + e.Msg
	if e.Given != "" {
		s += "; given " + e.Given
	}
	if e.Allowed != "" {
		s += "; allowed: " + e.Allowed
	}
	return s
}

// Builtin answers a query from the embedded tables and formulas.
func Builtin(q Query) (Cost, error) {
	t, err := tables()
	if err != nil {
		return Cost{}, err
	}
	switch q.Model {
	case SRAM:
		return t.sram(q)
	case RegFile:
		return t.regFile(q)
	case MAC:
		return t.mac(q)
	case DRAM:
		return t.dram(q)
	case NoC:
		return t.noc(q)
	}
	return Cost{}, &QueryError{Field: "model", Given: q.Model, Allowed: "sram, regfile, dram, mac, noc", Msg: "no such model"}
}
