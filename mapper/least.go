package mapper

import (
	"context"
	"math"

	"tcmdse/hwmodel"
	"tcmdse/mapper/workload"
)

// Least holds lower bounds of the energy, the latency and the EDP of every valid mapping of an Einsum on an
// architecture, each of its own: no mapping need attain two of them. All are +Inf where it is proved that there is no
// valid mapping.
type Least struct{ EnergyJ, LatencyS, EDPJs float64 }

// Least returns the bounds that are known before a search: those of the choices of kept tensors (rule "level floors").
// It takes about a tenth of the time of Optimal. The bounds hold within 1e-9 relative, the rounding of sums.
func (m *Mapper) Least(ctx context.Context, arch *hwmodel.Arch, einsum *workload.Einsum) (Least, error) {
	inf := math.Inf(1)
	out := Least{inf, inf, inf}
	err := m.with(ctx, arch, einsum, Options{}, func(s *search) error {
		for _, c := range s.keepChoices() {
			out = Least{min(out.EnergyJ, c.bound.e), min(out.LatencyS, c.latency), min(out.EDPJs, c.edp)}
		}
		return s.space.err
	})
	return out, err
}
