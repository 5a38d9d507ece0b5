package cli

import (
	"context"
	"fmt"
	"time"

	"tcmdse/results"
)

// publisher keeps a snapshot of a growing database where others see it. A snapshot that fails is told once and tried again: the
// shared file system may be back by then.
type publisher struct {
	e     *env
	store *results.Store
	to    string
	every time.Duration

	stop chan struct{}
	done chan struct{}
	was  int64 // results in the last snapshot; -1: none yet
	told bool  // that one failed
}

func newPublisher(e *env, store *results.Store, to string, every time.Duration) *publisher {
	p := &publisher{e: e, store: store, to: to, every: every, stop: make(chan struct{}), done: make(chan struct{}), was: -1}
	go p.run()
	return p
}

// run publishes as soon as there is something, and then at most every so often.
func (p *publisher) run() {
	defer close(p.done)
	const look = time.Second
	var last time.Time
	for {
		select {
		case <-p.stop:
			return
		case <-time.After(min(look, p.every)):
		}
		if time.Since(last) < p.every {
			continue
		}
		n, err := p.stored()
		if err == nil && n == p.was {
			continue
		}
		if err == nil {
			err = p.publish(n)
		}
		last = time.Now()
		if err != nil && !p.told {
			p.told = true
			fmt.Fprintf(p.e.err, "warning: no snapshot could be published, and will be tried again: %v\n", err)
		}
	}
}

func (p *publisher) publish(n int64) error {
	if err := p.store.Publish(context.Background(), p.to); err != nil {
		return err
	}
	p.was, p.told = n, false
	return nil
}

// stored counts the results of all sweeps in the file.
func (p *publisher) stored() (n int64, err error) {
	ctx := context.Background()
	all, err := p.store.Sweeps(ctx)
	for i := range all {
		if err == nil {
			var k int64
			k, err = p.store.Outcomes(ctx, all[i].ID)
			n += k
		}
	}
	return n, err
}

// end publishes the last snapshot, which tells whether the shard is finished.
func (p *publisher) end() error {
	close(p.stop)
	<-p.done
	return p.publish(0)
}
