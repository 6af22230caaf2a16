package media

import (
	"bufio"
	"encoding/binary"
	"io"
)

// GIF blocks.
const (
	gifExtension = 0x21
	gifImage     = 0x2c
	gifTrailer   = 0x3b

	gifControl     = 0xf9
	gifApplication = 0xff
)

// gifCleaner copies a GIF block by block.
type gifCleaner struct {
	in     *bufio.Reader
	out    *bufio.Writer
	images int
}

func cleanGIF(w io.Writer, r io.Reader) (size Size, err error) {
	c := gifCleaner{in: bufio.NewReader(r), out: bufio.NewWriter(w)}
	head, err := c.copy(13)
	if err != nil {
		return size, err
	}
	size = Size{uint32(binary.LittleEndian.Uint16(head[6:])), uint32(binary.LittleEndian.Uint16(head[8:]))}
	if err := c.palette(head[10]); err != nil {
		return size, err
	}
	for {
		b, err := c.in.ReadByte()
		if err != nil {
			return size, err
		}
		switch b {
		case gifTrailer:
			if c.images == 0 {
				return size, damaged("a GIF without a picture")
			}
			if err := c.out.WriteByte(b); err != nil {
				return size, err
			}
			return size, c.out.Flush() // what follows is not the picture's
		case gifImage:
			err = c.image()
		case gifExtension:
			err = c.extension()
		default:
			err = damaged("GIF block %#x", b)
		}
		if err != nil {
			return size, err
		}
	}
}

func (c *gifCleaner) copy(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(c.in, b); err != nil {
		return nil, err
	}
	_, err := c.out.Write(b)
	return b, err
}

// palette copies the colours that the flags announce.
func (c *gifCleaner) palette(flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	_, err := c.copy(3 << (flags&7 + 1))
	return err
}

func (c *gifCleaner) image() error {
	c.images++
	if err := c.out.WriteByte(gifImage); err != nil {
		return err
	}
	head, err := c.copy(9)
	if err != nil {
		return err
	}
	if err := c.palette(head[8]); err != nil {
		return err
	}
	if _, err := c.copy(1); err != nil { // the code size
		return err
	}
	return c.blocks(true)
}

// extension keeps what the picture moves by: comments, texts and what applications add go.
func (c *gifCleaner) extension() error {
	label, err := c.in.ReadByte()
	if err != nil {
		return err
	}
	keep := label == gifControl
	if label == gifApplication {
		name, err := c.in.Peek(12)
		if err != nil {
			return err
		}
		keep = string(name) == "\x0bNETSCAPE2.0" // how often it is repeated
	}
	if keep {
		if _, err := c.out.Write([]byte{gifExtension, label}); err != nil {
			return err
		}
	}
	return c.blocks(keep)
}

// blocks copies data up to the empty block that ends it, or passes over it.
func (c *gifCleaner) blocks(keep bool) error {
	out := io.Discard
	if keep {
		out = c.out
	}
	for {
		n, err := c.in.ReadByte()
		if err != nil {
			return err
		}
		if _, err := out.Write([]byte{n}); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		if _, err := io.CopyN(out, c.in, int64(n)); err != nil {
			return err
		}
	}
}
