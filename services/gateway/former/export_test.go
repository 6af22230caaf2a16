package former

import "golang.org/x/time/rate"

// AllowOnly allows so many lookups from now on, before any is done.
func (a *Assets) AllowOnly(n int) { a.rate = rate.NewLimiter(0, n) }
