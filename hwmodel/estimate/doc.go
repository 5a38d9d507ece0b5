// Package estimate says what a component of an accelerator costs: area, energy of its actions, leakage, access time.
//
// A Query names a model (sram, regfile, mac, dram, noc) and its parameters; Builtin answers it with a Cost: one Figure
// for each thing that the component has, and every figure with its Origin: which table or formula, of whom, with which
// error. There is no figure without an origin and none that stands in for a missing one: what no table and no formula
// covers is an error that says what is covered.
//
// # Tables
//
// tables/ holds the CSV files of numbers, compressed; each is checked against the hash in hashes() when it is first
// read. SRAM comes from 10,566 runs of CACTI 7 at 90, 65, 45, 32 and 22 nm, multiply-accumulates from Horowitz (ISSCC
// 2014) and Aladdin, DRAM from published energies per bit, wires from CACTI, scaling between nodes from Stillmaker and
// Baas (2017). Every row carries its source.
//
// # Files
//
// query.go has questions and answers, tables.go the tables. sram.go prices memories: sram_table.go between CACTI's runs,
// sram_corner.go at other cells and temperatures. regfile.go prices flip-flops, mac.go arithmetic, dram.go and noc.go what
// they are called, scaling.go goes from node to node, overhead.go has factors for what sums of components leave out of a chip.
//
//	c, err := estimate.Builtin(estimate.Query{Model: estimate.SRAM, TechnologyNM: 45, SizeBits: 1 << 20, WidthBits: 64})
//
// # What to trust
//
// Interpolated SRAM figures miss CACTI's own by 1 to 3 % in the median and by 10 to 20 % in one case of twenty, since
// CACTI jumps between organisations; CACTI itself is a model. Sources for one multiplier differ by four times.
// Leakage is no trend across nodes: it follows device targets, is never interpolated between nodes, and neighbouring
// nodes can differ by an order of magnitude. Compare designs by these numbers, of one model at one node, rather than
// with silicon; sums of components were 0.22 to 0.64 of published die areas.
package estimate
