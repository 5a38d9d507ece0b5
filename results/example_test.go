package results_test

import (
	"context"
	"fmt"
	"log"

	"tcmdse/results"
)

// A question to a file of past sweeps, here one that an older version wrote.
func ExampleStore_Query() {
	store, err := results.OpenSnapshot("testdata/schema1.db")
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	rows, err := store.Query(context.Background(), "SELECT workload, count(*) AS designs FROM front GROUP BY workload ORDER BY workload")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rows.Columns)
	for _, r := range rows.Values {
		fmt.Println(r...)
	}
	// Output:
	// [workload designs]
	// net 1
}
