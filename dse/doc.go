// Package dse drives a sweep: candidates from sweeps, the optimal mapping of every distinct layer from mapper, rows
// into results.
//
//	sweeps.Candidates -> workers (errgroup) -> memo -> mapper.Mapper, once per architecture that differs and layer shape
//	                                        -> one writer -> results.Append, at least every second
//
//	summary, err := dse.Run(ctx, dse.Config{Sweep: sweep, Store: store, Jobs: 2})
//
// run.go is the whole of it; candidate.go does one candidate, layer.go one layer; write.go is the writer, costs.go what is
// stored of an architecture's costs, workloads.go which layers take part, identity.go which sweep of the file this is.
// plan.go counts and times a sweep before it runs. network.go maps a network by itself, outside any sweep.
//
// How the work is kept small:
//
//  1. memo.go: a layer is mapped once for all that decides its figures (the work key); what any sweep in the database
//     mapped is read back.
//  2. The mapper keeps what its searches prepare (mapper.Mapper), so a candidate of other numbers costs its search only.
//  3. front.go: the front without mapping every candidate. crowd.go holds the candidates, cut.go divides them into boxes,
//     relax.go makes an architecture as good as all of a box, least.go and bound.go bound the box, decide.go maps or skips
//     its members.
//
// What is stored depends neither on the number of workers, nor on interruptions, nor on what was remembered: a
// candidate goes in whole or not at all, mappings are functions of architecture and layer alone, and which candidates a
// front-only run skips is decided by the candidates alone. meter.go tells how far a run is, pilots.go and eta.go how
// long it will take.
package dse

// ModelVersion names the cost model and mapspace; results of other versions are never mixed.
const ModelVersion = "model-1"

// searchVersion is part of work keys: it changes when the search may choose another one of several equally good
// mappings, so that what is recalled is what would be mapped.
const searchVersion = "search-2"
