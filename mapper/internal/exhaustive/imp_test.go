package exhaustive

import (
	"errors"
	"testing"
)

// TestImperfect: with remainders allowed nothing is lost, and sometimes something is gained.
func TestImperfect(t *testing.T) {
	compared, gained := 0, 0
	for seed := uint64(1); compared < 150; seed++ {
		arch, e := Imperfect(seed)
		all, err := SearchImperfect(arch, e, 4000)
		if errors.Is(err, ErrTooMany) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		perfect, err := Search(arch, e, 1e9)
		if err != nil {
			t.Fatal(err)
		}
		compared++
		if all.EDPJs > perfect.EDPJs || all.EnergyJ > perfect.EnergyJ || all.LatencyS > perfect.LatencyS || all.Valid < perfect.Valid {
			t.Errorf("seed %d: with remainders %+v, without %+v", seed, all, perfect)
		}
		if all.EDPJs < perfect.EDPJs*(1-1e-9) {
			gained++
		}
	}
	t.Logf("%d problems, %d with less EDP", compared, gained)
	if gained == 0 {
		t.Error("no problem gains by remainders")
	}
}
