package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
)

// JPEG markers.
const (
	jpegSOF0 = 0xc0
	jpegDHT  = 0xc4
	jpegJPG  = 0xc8
	jpegDAC  = 0xcc
	jpegSOF3 = 0xcf
	jpegRST0 = 0xd0
	jpegRST7 = 0xd7
	jpegSOI  = 0xd8
	jpegEOI  = 0xd9
	jpegSOS  = 0xda
	jpegAPP0 = 0xe0
	jpegAPP1 = 0xe1
	jpegAPP2 = 0xe2
	jpegAPPe = 0xee
	jpegAPPf = 0xef
	jpegJPG0 = 0xf0
	jpegCOM  = 0xfe
	jpegTEM  = 0x01
)

// jpegCleaner copies a JPEG segment by segment.
type jpegCleaner struct {
	in     *bufio.Reader
	out    *bufio.Writer
	size   Size
	turned uint16 // the Exif orientation, 2 to 8; 0 = as it is
	marker byte   // that ended the last scan, 0 = none
	scans  int
}

func cleanJPEG(w io.Writer, r io.Reader) (Size, error) {
	c := jpegCleaner{in: bufio.NewReader(r), out: bufio.NewWriter(w)}
	var soi [2]byte
	if _, err := io.ReadFull(c.in, soi[:]); err != nil {
		return Size{}, err
	}
	if soi != [2]byte{0xff, jpegSOI} {
		return Size{}, damaged("not a JPEG")
	}
	if _, err := c.out.Write(soi[:]); err != nil {
		return Size{}, err
	}
	for {
		m, err := c.next()
		if err != nil {
			return Size{}, err
		}
		if m == jpegEOI {
			break // what follows is not the picture's: a preview, or something hidden
		}
		if err := c.segment(m); err != nil {
			return Size{}, err
		}
	}
	if c.scans == 0 || c.size.Width == 0 {
		return Size{}, damaged("a JPEG without a picture")
	}
	if c.turned >= 5 { // on its side
		c.size.Width, c.size.Height = c.size.Height, c.size.Width
	}
	if _, err := c.out.Write([]byte{0xff, jpegEOI}); err != nil {
		return Size{}, err
	}
	return c.size, c.out.Flush()
}

// next is the next marker.
func (c *jpegCleaner) next() (byte, error) {
	if m := c.marker; m != 0 {
		c.marker = 0
		return m, nil
	}
	b, err := c.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if b != 0xff {
		return 0, damaged("JPEG: %#x where a marker should be", b)
	}
	for b == 0xff { // any number of them may come before it
		if b, err = c.in.ReadByte(); err != nil {
			return 0, err
		}
	}
	return b, nil
}

// segment copies the segment of a marker, or passes over it.
func (c *jpegCleaner) segment(m byte) error {
	if m == jpegTEM || m >= jpegRST0 && m <= jpegSOI || m < jpegSOF0 {
		return damaged("JPEG marker %#x", m)
	}
	var head [2]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return err
	}
	length := int(binary.BigEndian.Uint16(head[:]))
	if length < len(head) {
		return damaged("JPEG segment %#x", m)
	}
	body := make([]byte, length-len(head))
	if _, err := io.ReadFull(c.in, body); err != nil {
		return err
	}
	if m == jpegAPP1 {
		return c.exif(body)
	}
	if !jpegKept(m, body) {
		return nil
	}
	if m <= jpegSOF3 && m != jpegDHT && m != jpegJPG && m != jpegDAC {
		if len(body) < 5 || c.size.Width != 0 {
			return damaged("JPEG frame")
		}
		c.size = Size{Height: uint32(binary.BigEndian.Uint16(body[1:])), Width: uint32(binary.BigEndian.Uint16(body[3:]))}
	}
	if err := c.write(m, body); err != nil || m != jpegSOS {
		return err
	}
	c.scans++
	return c.scan()
}

// jpegKept reports whether a segment belongs to the picture: of what applications add only the colour
// space does.
func jpegKept(m byte, body []byte) bool {
	switch {
	case m == jpegAPP0:
		return bytes.HasPrefix(body, []byte("JFIF\x00"))
	case m == jpegAPP2:
		return bytes.HasPrefix(body, []byte("ICC_PROFILE\x00"))
	case m == jpegAPPe:
		return bytes.HasPrefix(body, []byte("Adobe"))
	case m > jpegAPP0 && m <= jpegAPPf, m >= jpegJPG0 && m <= jpegCOM:
		return false
	}
	return true
}

func (c *jpegCleaner) write(m byte, body []byte) error {
	head := binary.BigEndian.AppendUint16([]byte{0xff, m}, uint16(len(body)+2)) //nolint:gosec // it was read as one
	if _, err := c.out.Write(head); err != nil {
		return err
	}
	_, err := c.out.Write(body)
	return err
}

// scan copies compressed data up to the marker that ends it.
func (c *jpegCleaner) scan() error {
	for {
		b, err := c.in.ReadByte()
		if err != nil {
			return err
		}
		if b != 0xff {
			if err := c.out.WriteByte(b); err != nil {
				return err
			}
			continue
		}
		m := byte(0xff)
		for m == 0xff {
			if m, err = c.in.ReadByte(); err != nil {
				return err
			}
		}
		if m != 0 && (m < jpegRST0 || m > jpegRST7) {
			c.marker = m
			return nil
		}
		if _, err := c.out.Write([]byte{0xff, m}); err != nil {
			return err
		}
	}
}

const (
	exifHead       = "Exif\x00\x00"
	orientationTag = 0x0112
)

// exif keeps of an Exif segment how the picture is turned, without which it would be shown on its side.
func (c *jpegCleaner) exif(body []byte) error {
	o := orientation(body)
	if o < 2 || o > 8 || c.turned != 0 {
		return nil
	}
	c.turned = o
	// A directory of one entry: tag, type SHORT, one of them, the value, and no further directory.
	return c.write(jpegAPP1, []byte(exifHead+"MM\x00\x2a\x00\x00\x00\x08\x00\x01"+"\x01\x12\x00\x03\x00\x00\x00\x01\x00"+string(rune(o))+"\x00\x00"+"\x00\x00\x00\x00"))
}

// orientation is the one in an Exif segment, or 0.
func orientation(body []byte) uint16 {
	tiff, ok := bytes.CutPrefix(body, []byte(exifHead))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	switch string(tiff[:4]) {
	case "II\x2a\x00":
		order = binary.LittleEndian
	case "MM\x00\x2a":
	default:
		return 0
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 0
	}
	const entry = 12
	n := int(order.Uint16(tiff[at:]))
	for e := tiff[at+2:]; n > 0 && len(e) >= entry; n, e = n-1, e[entry:] {
		if order.Uint16(e) == orientationTag {
			return order.Uint16(e[8:])
		}
	}
	return 0
}
