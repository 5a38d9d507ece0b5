package dse

import "math"

// expectation tells what is left to do of a run, in seconds of work, from what the pilots and later candidates of each
// range of the sweep's order took.
type expectation struct {
	stride int64
	ranges []rangeWork
}

// rangeWork is what the candidates of a range took.
type rangeWork struct {
	left    int64   // not decided yet
	n       int64   // decided by this run
	pilot   float64 // seconds of the first of them
	seconds float64 // of all of them
}

// settled is how many candidates of a range make their own mean a better guess than the pilot.
const settled = 8

// doubt is how many candidates it takes to believe that the others differ from the pilots.
const doubt = 16

func newExpectation(p *pilots, total int64) expectation {
	e := expectation{stride: p.stride, ranges: make([]rangeWork, len(p.at))}
	for k := range e.ranges {
		e.ranges[k].left = min(p.stride, total-int64(k)*p.stride)
	}
	return e
}

// decided notes a candidate; stored ones took no work.
func (e *expectation) decided(index int64, stored bool, seconds float64) {
	if e.stride == 0 || index/e.stride >= int64(len(e.ranges)) {
		return
	}
	r := &e.ranges[index/e.stride]
	if r.left--; stored {
		return
	}
	if r.n++; r.n == 1 {
		r.pilot = seconds
	}
	r.seconds += seconds
}

// around is how many ranges before and behind one share their pilots with it: axes that vary within a range would
// otherwise make each pilot a guess of its own.
const around = 3

// work returns the seconds of work done and those left; not ok while nothing is known. A range that is not settled
// takes the mean of the pilots around it, times what others took over their pilots: candidates that find layers
// mapped by a neighbour are faster than pilots.
func (e *expectation) work() (done, left float64, ok bool) {
	base := make([]float64, len(e.ranges)) // NaN: unknown
	known := 0
	var pilots, others, expected float64
	for i := range e.ranges {
		base[i] = e.base(i)
		r := &e.ranges[i]
		if r.n == 0 {
			continue
		}
		known++
		done += r.seconds
		pilots += r.pilot
		if r.pilot > 0 {
			others += r.seconds - r.pilot
			expected += float64(r.n-1) * r.pilot
		}
	}
	if known < min(4, len(e.ranges)) || done == 0 {
		return done, 0, false
	}
	doubted := doubt * pilots / float64(known)
	pace := 1.0
	if doubted > 0 {
		pace = (others + doubted) / (expected + doubted)
	}
	var sum, told float64
	var unknown int64
	for i := range e.ranges {
		r := &e.ranges[i]
		each := base[i] * pace
		switch {
		case r.n >= settled:
			each = r.seconds / float64(r.n)
		case math.IsNaN(each):
			unknown += r.left
			continue
		}
		sum, told = sum+each, told+1
		left += each * float64(r.left)
	}
	return done, left + sum/told*float64(unknown), true
}

// base returns the mean of the pilots around a range, NaN where there are none yet.
func (e *expectation) base(i int) float64 {
	var sum, n float64
	for _, r := range e.ranges[max(0, i-around):min(len(e.ranges), i+around+1)] {
		if r.n > 0 {
			sum, n = sum+r.pilot, n+1
		}
	}
	return sum / n
}
