// Package dse drives a sweep: candidates from sweeps, the optimal mapping of every distinct layer from mapper, rows
// into results.
//
//	sweeps.Candidates -> workers (errgroup) -> mapper.Optimal, once per architecture that differs and layer shape
//	                                        -> one writer -> results.Append, at least every second
//
// What is stored depends neither on the number of workers nor on interruptions: a candidate goes in whole or not at
// all, and mappings are functions of architecture and layer alone.
package dse

// ModelVersion names the cost model and mapspace; results of other versions are never mixed.
const ModelVersion = "model-1"
