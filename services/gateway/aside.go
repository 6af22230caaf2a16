package gateway

// aside runs f on a stack of its own and returns once it has. What a socket's reader calls itself may not be
// deep: its stack grows for that, and hardly ever shrinks again, since a reader that waits in the network
// uses more than a quarter of it. 4 KiB a socket were lost so.
func aside(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}
