// Package clamav shows files to a ClamAV daemon.
package clamav

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

const (
	patience  = time.Minute
	chunkSize = 64 << 10
	maxAnswer = 1 << 10
)

// Scan shows content to the daemon at the address, by INSTREAM over TCP, and returns the name of what
// it found, or "". An error is no word about the content.
func Scan(ctx context.Context, address string, content io.Reader) (found string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return "", fmt.Errorf("clamav: %w", err)
	}
	defer func() { _ = c.Close() }() // it has said all it had to say
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	sent := send(c, content)
	var own *contentError
	if errors.As(sent, &own) {
		return "", own.err
	}
	// A daemon that has heard enough says so before the end.
	answer, err := bufio.NewReader(io.LimitReader(c, maxAnswer)).ReadString(0)
	if err != nil {
		return "", fmt.Errorf("clamav: %w", errors.Join(sent, err))
	}
	answer = strings.TrimSuffix(answer, "\x00")
	if rest, ok := strings.CutPrefix(answer, "stream: "); ok {
		if rest == "OK" && sent == nil {
			return "", nil
		}
		if name, ok := strings.CutSuffix(rest, " FOUND"); ok && name != "" {
			return name, nil
		}
	}
	return "", fmt.Errorf("clamav: answered %.200q", answer)
}

// contentError is one of the content, not of the daemon.
type contentError struct{ err error }

func (e *contentError) Error() string { return e.err.Error() }

func send(c net.Conn, content io.Reader) error {
	if _, err := io.WriteString(c, "zINSTREAM\x00"); err != nil {
		return err
	}
	const head = 4
	buf := make([]byte, head+chunkSize)
	for {
		n, err := io.ReadFull(content, buf[head:])
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return &contentError{err}
		}
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n)) //nolint:gosec // at most chunkSize
			if _, err := c.Write(buf[:head+n]); err != nil {
				return err
			}
		}
		if end {
			_, err := c.Write(make([]byte, head))
			return err
		}
	}
}
