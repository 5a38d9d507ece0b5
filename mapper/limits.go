package mapper

import (
	"fmt"
	"strings"
)

// What one search may hold in memory. Problems of the published networks stay orders of magnitude below; beyond the
// limits a search ends with a *TooLargeError rather than with the machine's memory.
const (
	maxExtents = 1 << 20 // extent vectors of one group of coupled variables
	maxRows    = 1 << 20 // rows of one table before dominance
	maxTables  = 1 << 22 // rows of all cached tables; above it the cache starts anew
	maxOptions = 1 << 19 // spatial options of one gap
	maxLabels  = 1 << 23 // numbers in explored labels; above it no new ones are recorded
	maxKeeps   = 1 << 21 // choices of kept tensors: all are bounded before the search begins, 10 s for so many
)

// checkEvery is how many steps of building a table pass between two looks at the context.
const checkEvery = 1 << 14

// maxDivisors is how many divisors a size may have: a table of their products is kept. No size below 6,983,776,800 has more.
const maxDivisors = 2048

// TooLargeError says that a problem is beyond what the exact search can hold: which variables are to blame, how many
// choices they give, and how many can be handled.
type TooLargeError struct {
	What        string // what there are too many of, with the variables' names
	Count, Most float64
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("mapper: %s: %.4g; at most %.0f can be searched exactly", e.What, e.Count, e.Most)
}

// theVariables says whose tiles are too many: one by itself has many only with remainders, several where they share dimensions.
func (s *space) theVariables(vars []int) string {
	if len(vars) == 1 {
		v := &s.p.Vars[vars[0]]
		return fmt.Sprintf("variable %s of size %d, with remainders", v.Name, v.Size)
	}
	var out []string
	for _, v := range vars {
		out = append(out, s.p.Vars[v].Name)
	}
	return fmt.Sprintf("the variables %s share dimensions", strings.Join(out, ", "))
}

// pause counts n steps and looks at the context now and then; it reports whether the work has to end.
func (s *space) pause(n int) bool {
	if s.steps += int64(n); s.steps >= s.check && s.err == nil {
		s.check = s.steps + checkEvery
		s.err = s.ctx.Err()
	}
	return s.err != nil
}

// chains returns how many rows a group has above extent index in (all of them for -1), given which variables may have
// a loop in each of the gaps, before dominance.
func (s *space) chains(g *group, gaps [][]bool, in int) float64 {
	total := 1.0
	for j, v := range g.vars {
		nd := len(g.divs[j])
		ways, next := make([]float64, nd), make([]float64, nd) // ways to go on from each divisor, outermost gap first
		for i := range ways {
			ways[i] = 1
		}
		for k := range gaps {
			if !gaps[k][v] {
				continue
			}
			for i := range next {
				next[i] = 0
				for _, to := range g.next(j, i) {
					if to >= 0 {
						next[i] += ways[to]
					}
				}
			}
			ways, next = next, ways
		}
		if in >= 0 {
			total *= ways[g.divisor(in, j)]
			continue
		}
		sum := 0.0
		for _, w := range ways {
			sum += w
		}
		total *= sum
	}
	return total
}
