package mapper_test

import (
	"context"
	"math"
	"math/big"
	"testing"
	"time"

	"tcmdse/hwmodel"
	"tcmdse/mapper"
	"tcmdse/mapper/mapping"
	"tcmdse/mapper/model"
	"tcmdse/mapper/workload"
)

func presets(t *testing.T) map[string]*hwmodel.Arch {
	t.Helper()
	out := map[string]*hwmodel.Arch{}
	for _, name := range hwmodel.PresetNames() {
		s, err := hwmodel.Open(name, "")
		if err != nil {
			t.Fatal(err)
		}
		if out[name], err = s.Build(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func close12(a, b float64) bool { return math.Abs(a-b) <= 1e-12*math.Abs(b) }

// TestLarge maps layers of about 1e15 multiply-accumulates, and one of 2^53 + 1, on every preset: counted exactly as far as a
// float64 goes, no faster than the compute allows, with the energy of that many, each tensor fetched at least once, and
// priced alike when the mapping is read back.
func TestLarge(t *testing.T) {
	conv := func(s workload.ConvShape) workload.Einsum { return workload.Conv(s) }
	layers := map[string]workload.Einsum{
		"composite": workload.Matmul(0, 100_000, 100_000, 100_000),
		"powers":    workload.Matmul(0, 1<<17, 1<<17, 1<<16),
		"prime":     workload.Matmul(0, 999_999_937, 1_000_003, 1), // both are prime
		"one prime": workload.Matmul(0, 999_999_937, 1000, 1000),
		"odd":       workload.Matmul(0, 3, 3_002_399_751_580_331, 1), // 2^53 + 1
		"conv":      conv(workload.ConvShape{C: 1024, M: 1024, P: 10_007, Q: 10_007, R: 3, S: 3}),
		"channels":  conv(workload.ConvShape{C: 1_048_573, M: 1_048_583, P: 10, Q: 10, R: 3, S: 3}),
		"depthwise": conv(workload.ConvShape{N: 1 << 16, C: 1 << 16, M: 1 << 16, P: 112, Q: 112, R: 5, S: 5, Groups: 1 << 16}),
	}
	for archName, arch := range presets(t) {
		for name, e := range layers {
			start := time.Now()
			r, err := mapper.Optimal(context.Background(), arch, &e, mapper.Options{})
			if err != nil {
				t.Errorf("%s, %s: %v", archName, name, err)
				continue
			}
			if d := time.Since(start); d > time.Minute {
				t.Errorf("%s, %s: took %v", archName, name, d)
			}
			if !r.Search.Optimal {
				t.Errorf("%s, %s: not proved", archName, name)
			}
			macs, _ := new(big.Float).SetInt(e.Points()).Float64()
			if macs < 9e14 || r.Cost.MACs != macs {
				t.Errorf("%s, %s: %v multiply-accumulates, counted %v", archName, name, macs, r.Cost.MACs)
			}
			checkLarge(t, archName+", "+name, arch, &e, r)
		}
	}
}

func checkLarge(t *testing.T, what string, arch *hwmodel.Arch, e *workload.Einsum, r *mapper.Result) {
	t.Helper()
	c, last := &r.Cost, len(arch.Nodes)-1
	mac, pes := &arch.Nodes[last], float64(arch.Instances()[last])
	if least := c.MACs / pes / mac.ThroughputPerS; c.LatencyS < least*(1-1e-12) {
		t.Errorf("%s: takes %v s; %v is the least for the compute", what, c.LatencyS, least)
	}
	sum := 0.0
	for i := range c.Components {
		k := &c.Components[i]
		sum += k.EnergyJ + k.LeakageJ
		if k.Name == mac.Name && !close12(k.EnergyJ, c.MACs*mac.EnergyJ) {
			t.Errorf("%s: compute takes %v J, want %v", what, k.EnergyJ, c.MACs*mac.EnergyJ)
		}
		if k.Name == arch.Nodes[0].Name {
			for n := range e.Tensors {
				values, _ := new(big.Float).SetInt(e.Values(n)).Float64()
				tn := k.Tensors[n]
				bits := values * float64(arch.Nodes[0].BitsOf(tn.Tensor, e.Tensors[n].Role, e.Tensors[n].Bits))
				if moved := tn.ReadBits + tn.WriteBits; tn.Tensor != e.Tensors[n].Name || moved < bits*(1-1e-12) {
					t.Errorf("%s: %s moves %v bits of %s, which has %v", what, k.Name, moved, tn.Tensor, bits)
				}
			}
		}
	}
	if !close12(c.EnergyJ, sum) || !close12(c.EDPJs, c.EnergyJ*c.LatencyS) {
		t.Errorf("%s: energy %v of %v, EDP %v", what, c.EnergyJ, sum, c.EDPJs)
	}
	text, err := r.Mapping.MarshalJSON()
	var again mapping.Mapping
	if err == nil {
		err = again.UnmarshalJSON(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	p, err := model.Compile(arch, e)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := model.Evaluate(p, &again); err != nil || got.EnergyJ != c.EnergyJ || got.LatencyS != c.LatencyS || got.EDPJs != c.EDPJs {
		t.Errorf("%s: read back and priced %+v, %v; was %+v", what, got, err, c)
	}
}

// TestOne maps layers of one element on every preset, for every objective, with and without remainders. What they cost is
// worked out here: each value crosses the memories that have to keep it, once, and one instance computes for one step.
func TestOne(t *testing.T) {
	single, err := workload.ParseEinsum("Z[a] = X[a]")
	if err == nil {
		err = single.SetSizes(map[string]int64{"a": 1})
	}
	if err != nil {
		t.Fatal(err)
	}
	layers := map[string]workload.Einsum{
		"matmul": workload.Matmul(0, 1, 1, 1), "batch": workload.Matmul(1, 1, 1, 1),
		"conv":   workload.Conv(workload.ConvShape{C: 1, M: 1, P: 1, Q: 1, R: 1, S: 1, StrideH: 3, DilationW: 2}),
		"single": single,
	}
	for archName, arch := range presets(t) {
		for name, e := range layers {
			energy, latency := oneElement(arch, &e)
			for _, goal := range []mapper.Objective{mapper.EDP, mapper.Energy, mapper.Latency, mapper.Front} {
				for _, imperfect := range []bool{false, true} {
					r, err := mapper.Optimal(context.Background(), arch, &e, mapper.Options{Objective: goal, Imperfect: imperfect})
					if err != nil {
						t.Errorf("%s, %s, %v: %v", archName, name, goal, err)
						continue
					}
					c := &r.Cost
					if goal == mapper.Latency { // ties in latency may take more energy
						energy = max(energy, c.EnergyJ)
					}
					if c.MACs != 1 || !close12(c.EnergyJ, energy) || !close12(c.LatencyS, latency) || !close12(c.EDPJs, energy*latency) {
						t.Errorf("%s, %s, %v: %v J, %v s, want %v, %v", archName, name, goal, c.EnergyJ, c.LatencyS, energy, latency)
					}
					if goal == mapper.Front && len(r.Front) != 1 {
						t.Errorf("%s, %s: a front of %d points", archName, name, len(r.Front))
					}
					energy, latency = oneElement(arch, &e)
				}
			}
		}
	}
}

// oneElement is the cost of a layer of one multiply-accumulate.
func oneElement(a *hwmodel.Arch, e *workload.Einsum) (energy, latency float64) {
	leakage := 0.0
	instances := a.Instances()
	for i := range a.Nodes {
		n := &a.Nodes[i]
		leakage += n.LeakageW * float64(instances[i])
		if n.Kind != hwmodel.Memory {
			continue
		}
		var read, write float64
		for _, tn := range e.Tensors {
			if i > 0 && !n.MustKeep(tn.Name, tn.Role) {
				continue
			}
			bits := float64(n.BitsOf(tn.Name, tn.Role, tn.Bits))
			if tn.Output { // computed here or inside, written, and read again on its way out
				write += bits
				if i > 0 {
					read += bits
				}
				continue
			}
			read += bits
			if i > 0 {
				write += bits
			}
		}
		energy += read*n.Read.EnergyJPerBit + write*n.Write.EnergyJPerBit
		busy := func(bits, rate float64) float64 {
			if rate == 0 {
				return 0
			}
			return bits / rate
		}
		r, w := busy(read, n.Read.BandwidthBitPerS), busy(write, n.Write.BandwidthBitPerS)
		if n.Ports == hwmodel.SeparatePorts {
			latency = max(latency, r, w)
		} else {
			latency = max(latency, r+w)
		}
	}
	mac := &a.Nodes[len(a.Nodes)-1]
	latency = max(latency, 1/mac.ThroughputPerS)
	return energy + networks(a, e) + mac.EnergyJ + leakage*latency, latency
}

// networks is the energy of arrays: of each value between the memory above that keeps it and what is inside, in the
// width of that memory.
func networks(a *hwmodel.Arch, e *workload.Einsum) (energy float64) {
	for _, tn := range e.Tensors {
		from := &a.Nodes[0]
		for i := range a.Nodes {
			n := &a.Nodes[i]
			if n.Kind == hwmodel.Memory && n.MustKeep(tn.Name, tn.Role) {
				from = n
			}
			energy += n.NetworkJPerBit * float64(from.BitsOf(tn.Name, tn.Role, tn.Bits))
		}
	}
	return energy
}
