// Package mapper finds the provably optimal mapping of one Einsum on one architecture.
//
// The space is that of docs/definition.md section 2: every choice of kept tensors, every order of storage nodes,
// every placement and factor of temporal and spatial loops. The idea that makes an exact optimum feasible, that the
// dataplacement shows which mappings are redundant or beaten, is the Turbo-Charged Mapper's (Gilbert, Andrulis, Sze,
// Emer, arXiv 2602.15172). The search differs from the paper's: it is a branch and bound from the compute outwards,
// memory by memory.
//
// How it works, in the order of the files:
//
//  1. space.go: rank variables fall into independent groups (those that share no dimension); every count is a product
//     over groups. Extents are divisors, so a group has a small table of extent vectors.
//  2. rows.go: under the storage nodes of one memory, in one order, a row is one choice of a group's temporal loops.
//     Rules "relevant loops up", "irrelevant loops down" and "row dominance" leave few.
//  3. spatial.go: what can be spread over the arrays of one gap; options with equal effects are kept once.
//  4. costs.go: unit costs of each link from the one cost model; while arrays further out are undecided, the best that
//     they could offer.
//  5. bounds.go: the least that the memories not yet decided add (rule "level floors"), and the root bound of a choice
//     of kept tensors.
//  6. search.go: for a choice of kept tensors, from the compute outwards: spatial option, then stage by stage.
//  7. stage.go: one memory: every order, and for each a depth-first search over groups with suffix bounds.
//  8. labels.go: rule "label dominance" at the extents between two memories.
//  9. mapper.go: Optimal: dives for a first incumbent, then the exact search of every keep choice by root bound.
//  10. rebuild.go: the mapping of the best leaf, evaluated anew by package model.
//  11. front.go: the staircase of energy and latency that takes the incumbent's place for fronts.
//  12. certificate.go: what a search looked at, what pruned the rest, what bound closes the proof.
//  13. imperfect.go, remainders.go: loops that leave a remainder: what is exact at once, and what only once all arrays
//     are chosen.
//  14. limits.go: what one search may hold in memory.
//
// Around that: setup.go prepares a search, prepared.go keeps what later searches can use (Mapper), floors.go lists what a
// memory's tilings fill, factor.go divides sizes, least.go has the bounds alone, infeasible.go says why there is no
// mapping, rules.go lets tests make a rule too greedy. citations.md says what is taken from which paper, and what is not.
//
//	r, err := mapper.Optimal(ctx, arch, &einsum, mapper.Options{Objective: mapper.EDP})
//	r.Mapping, r.Cost, r.Search.Optimal // the mapping, what it costs, and whether the search ran to its end
//
// Energy and busy times are sums of non-negative multiples of fills less multiples of first visits; the search prices
// with the unit costs of package model and Optimal checks that Evaluate agrees.
package mapper
