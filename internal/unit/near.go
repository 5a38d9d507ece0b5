package unit

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// maxNear is up to how many units are proposed; more would be a list, not a guess.
const maxNear = 4

// didYouMean proposes the units of known that a text was probably meant to be, "" for none.
func didYouMean(text string, known []string) string {
	n := near(text, known)
	if len(n) == 0 {
		return ""
	}
	for i := range n {
		n[i] = fmt.Sprintf("%q", n[i])
	}
	return ", did you mean " + strings.Join(n, " or ")
}

// Near returns the units that a text without a number, such as KB, was probably meant to be; none where the text is a
// unit or nothing is near.
func Near(text string) []string {
	if scale(&Quantity{Value: big.NewRat(1, 1)}, text) {
		return nil
	}
	return near(text, all())
}

// near looks first for units that differ in case or lack one letter of the text's (KB: kB, KiB), then for those that
// differ in any one letter.
func near(text string, known []string) []string {
	if len(text) > 8 {
		return nil
	}
	low := strings.ToLower(text)
	var out, sameEnd []string
	for _, k := range known {
		if strings.ToLower(k) != low {
			continue
		}
		out = append(out, k)
		if text != low && k[len(k)-1] == text[len(text)-1] { // b and B are two units: case is kept where it is used
			sameEnd = append(sameEnd, k)
		}
	}
	if sameEnd != nil {
		out = sameEnd
	}
	for _, k := range known {
		if lacks(text, k) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	if len(out) == 0 && len(text) > 1 {
		for _, k := range known {
			l := strings.ToLower(k)
			if lacks(low, l) || lacks(l, low) || oneOther(low, l) {
				out = append(out, k)
			}
		}
	}
	if len(out) > maxNear {
		return nil
	}
	return out
}

// lacks reports whether a is b without one of its letters.
func lacks(a, b string) bool {
	for i := range b {
		if len(a) == len(b)-1 && b[:i]+b[i+1:] == a {
			return true
		}
	}
	return false
}

// oneOther reports whether two texts of one length differ in one place.
func oneOther(a, b string) bool {
	n := 0
	for i := 0; len(a) == len(b) && i < len(a); i++ {
		if a[i] != b[i] {
			n++
		}
	}
	return n == 1
}

// all lists the units with their prefixes.
func all() []string {
	var out []string
	for name, b := range bases() {
		out = append(out, name)
		for _, p := range "afpnumkMGTP" {
			out = append(out, string(p)+name)
		}
		for _, p := range "KMGT" {
			if b.binary {
				out = append(out, string(p)+"i"+name)
			}
		}
	}
	slices.Sort(out)
	return out
}
