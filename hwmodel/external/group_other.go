//go:build !unix

package external

import "os/exec"

// ownGroup does nothing where there are no process groups: only the program itself is killed.
func ownGroup(*exec.Cmd) {}
