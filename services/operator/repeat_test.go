package operator_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/google/uuid"
)

// mintedAt is a UUIDv7 of that time.
func mintedAt(t time.Time) string {
	id := uuid.Must(uuid.NewV7())
	binary.BigEndian.PutUint64(id[:8], uint64(t.UnixMilli())<<16|uint64(binary.BigEndian.Uint16(id[6:8])))
	return id.String()
}

// A repeat that comes when the log may have forgotten its id is looked for, not stored again.
func TestSendRepeatedLate(t *testing.T) {
	for name, client := range map[string]string{
		"minted long ago":  mintedAt(time.Now().Add(-time.Hour)),
		"minted in future": mintedAt(time.Now().Add(time.Hour)),
		"without a time":   uuid.NewString(),
	} {
		t.Run(name, func(t *testing.T) {
			o, c := open(t), conversation()
			d := o.taken(o.anna(), c)
			first, err := o.Send(o.anna(), answer(d.GetId(), client, "Good day!"))
			if err != nil {
				t.Fatal(err)
			}
			again, err := o.Send(o.anna(), answer(d.GetId(), client, "Good day!"))
			if err != nil || again.GetOffset() != first.GetOffset() {
				t.Errorf("a repeat is at %q, %v, want %q", again.GetOffset(), err, first.GetOffset())
			}
			if n := len(o.door.deliveries()); n != 1 {
				t.Errorf("the gateway was asked %d times, want once", n)
			}
		})
	}
}
