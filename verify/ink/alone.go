package ink

import "context"

// alone says what a scan without an e-certificate can tell.
func alone(ctx context.Context, s Scan, o Options, why string) (*Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.Box.IsZero() {
		return &Result{Presence: Unclear, Reason: ReasonNoBox}, nil
	}
	return &Result{Presence: Unclear, Reason: why, Box: s.Box}, nil
}
