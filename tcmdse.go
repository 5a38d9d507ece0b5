// Command tcmdse explores the design space of tensor accelerators with provably optimal mappings.
// README.md tells how to use it; package internal/cli has one file for each command.
package main

import (
	"context"
	"os"

	"tcmdse/internal/cli"
)

func main() {
	os.Exit(cli.Main(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}
