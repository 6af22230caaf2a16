package media

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that make the picture; all others are words about it.
var pngKept = []string{
	"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "mDCV", "cLLI",
	"sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT",
}

const maxPNGHead = 1 << 20 // of a chunk that is not a part of the picture itself

func cleanPNG(w io.Writer, r io.Reader) (size Size, err error) {
	in, out := bufio.NewReader(r), bufio.NewWriter(w)
	magic := make([]byte, len(pngMagic))
	if _, err := io.ReadFull(in, magic); err != nil {
		return size, err
	}
	if string(magic) != pngMagic {
		return size, damaged("not a PNG")
	}
	if _, err := out.Write(magic); err != nil {
		return size, err
	}
	for first, data := true, false; ; first = false {
		var head [8]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return size, err
		}
		length, name := int64(binary.BigEndian.Uint32(head[:])), string(head[4:])
		if (name == "IHDR") != first || length > 1<<31-1 {
			return size, damaged("PNG chunk %.4q", name)
		}
		keep := slices.Contains(pngKept, name)
		isPicture := name == "IDAT" || name == "fdAT"
		if keep && !isPicture && length > maxPNGHead || !keep && name[0] < 'a' { // what is not known and not optional
			return size, damaged("PNG chunk %.4q", name)
		}
		if name == "IHDR" {
			if length != 13 {
				return size, damaged("PNG header")
			}
			b, err := in.Peek(8)
			if err != nil {
				return size, err
			}
			size = Size{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])}
		}
		data = data || name == "IDAT"
		if err := chunk(out, in, head[:], length, keep); err != nil {
			return size, err
		}
		if name == "IEND" {
			if !data {
				return size, damaged("a PNG without a picture")
			}
			return size, out.Flush() // what follows is not the picture's
		}
	}
}

// chunk copies one chunk with its check sum, or passes over it.
func chunk(out io.Writer, in io.Reader, head []byte, length int64, keep bool) error {
	if !keep {
		_, err := io.CopyN(io.Discard, in, length+crc32.Size)
		return err
	}
	if _, err := out.Write(head); err != nil {
		return err
	}
	sum := crc32.NewIEEE()
	_, _ = sum.Write(head[4:]) // never fails
	if _, err := io.CopyN(io.MultiWriter(out, sum), in, length); err != nil {
		return err
	}
	var want [crc32.Size]byte
	if _, err := io.ReadFull(in, want[:]); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(want[:]) != sum.Sum32() {
		return damaged("PNG chunk %.4q: check sum", head[4:])
	}
	_, err := out.Write(want[:])
	return err
}
