// Package model is the one cost model: what a mapping of an Einsum on an architecture moves, occupies, costs and takes.
//
// It follows docs/definition.md, which is after the Turbo-Charged Mapper (Gilbert, Andrulis, Sze, Emer,
// arXiv 2602.15172) and LoopTree's analysis. The steps, each in its file:
//
//  1. problem.go: Compile joins an architecture and an Einsum into a Problem: relevance of rank variables, footprints,
//     costs per bit in the widths at hand.
//  2. traffic.go: Charge, the one place that says what a link between a storage node and the next one further in
//     moves at both of its ends. The search of package mapper takes its unit costs from it.
//  3. validate.go: Check, the rules that make a mapping valid.
//  4. evaluate.go: Evaluate walks a mapping, charges every link and sums up energy, time and occupancy.
//
// The tests set Evaluate against walk_test.go, which executes random mappings value by value and shares no code with
// this package, and against examples worked out by hand in testdata/worked.
//
// Left out, as the README says: sparsity, compression, network hops, bank conflicts, start-up and drain, refresh, data
// layout, several Einsums fused.
package model
