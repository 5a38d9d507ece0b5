package results

import "context"

// eachLayer calls f with every layer result of a sweep, by candidate, workload and layer in the network's order.
func (s *Store) eachLayer(ctx context.Context, sweepID int64, f func(LayerRow) error) error {
	of, err := s.Order(ctx, sweepID)
	if err != nil {
		return err
	}
	return s.LayersOf(ctx, Part{Of: of, Whole: true}, f)
}

// eachComponent calls f with every component's share of every layer of a sweep, in the order of eachLayer.
func (s *Store) eachComponent(ctx context.Context, sweepID int64, f func(ComponentRow) error) error {
	of, err := s.Order(ctx, sweepID)
	if err != nil {
		return err
	}
	return s.ComponentsOf(ctx, Part{Of: of, Whole: true}, f)
}
