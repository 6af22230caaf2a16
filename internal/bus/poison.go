package bus

import (
	"errors"
	"fmt"
	"slices"
)

// ErrPoison marks work that no retry can help; it goes to the dead letters.
var ErrPoison = errors.New("poison message")

// A PoisonError is [ErrPoison] about single events: whoever returns it has handled all others up to
// the wake-up's UpTo.
type PoisonError struct {
	Sequences []uint64
	Err       error // why
}

func (e *PoisonError) Error() string { return fmt.Sprintf("%v: %v", ErrPoison, e.Err) }

// Unwrap implements [errors.Is].
func (e *PoisonError) Unwrap() []error { return []error{ErrPoison, e.Err} }

// about is what the error of a call means to the delivery of one event.
func about(err error, sequence uint64) error {
	var p *PoisonError
	if errors.As(err, &p) && !slices.Contains(p.Sequences, sequence) {
		return nil
	}
	return err
}
