package estimate

// Factors on the areas of memories and computes, fitted to what NVIDIA published for seven configurations of NVDLA at
// 28 nm (nvdla.org primer, synthesis estimates): 32 to 2048 int8 multipliers, 128 to 512 KiB.
//
// Least squares of relative errors over sums of this package's components (SRAM of 16 banks of 512 b, eight flip-flops
// of weight a multiplier, Horowitz multipliers) gave them; leaving one configuration out and predicting it misses by
// NVDLA28LeaveOneOut at most. TestNVDLAFit fits them anew. They hold for such a design at such a node, and nowhere else
// is that tested: most of what is on such a chip grows with its multipliers.
const (
	NVDLA28Memory      = 1.5558
	NVDLA28Compute     = 12.594
	NVDLA28LeaveOneOut = 0.098
)
