package mapper

import "tcmdse/mapper/model"

// rules are the decisions of the pruning rules that tests make too greedy, one at a time, to see that the comparison
// with exhaustive search notices (TestGreedyRules). Statement and proof of each rule stand where it is applied:
// rows.go ("relevant loops up", "irrelevant loops down", "row dominance"), labels.go ("label dominance"), floors.go
// ("fill dominance"), bounds.go ("level floors", "joint floors"), stage.go ("suffix bounds"), spatial.go ("equal spatial
// options"), search.go ("idle instances"), imperfect.go ("even share", dominance by class). citations.md has their origins.
type rules struct {
	mayLoop   func(above, below model.Relevance) bool // a loop's relevance to the nodes around its gap
	noWorse   func(a, b *row, q int) bool
	covers    func(a, b []float64) bool
	beats     func(a, b []float64) bool // between entries of fill sets
	joint     float64                   // share of the entries of joint floors that bounds count: 1
	floor     float64                   // share of a level's floor that bounds count: 1
	idle      float64                   // share of compute time that rule "idle instances" counts: 1
	suffix    float64                   // share of the suffix's fills that bounds count: 1
	sameByVar bool                      // take spatial options with equal products by variable for equal: false
	forgetful bool                      // labels forget which instances inside the open array work: false
	evenTwice bool                      // with remainders, take even shares of a variable that lies on two arrays: false
}

func soundRules() rules {
	return rules{mayLoop: mayLoop, noWorse: noWorse, covers: covers, beats: covers, joint: 1, floor: 1, idle: 1, suffix: 1}
}

// mayLoop decides by the rules "relevant loops up" and "irrelevant loops down".
func mayLoop(above, below model.Relevance) bool {
	return above != model.Relevant && (below != model.Irrelevant || above == model.Partial)
}
