package geo_test

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchboard-chat/switchboard/services/gateway/geo"
	"github.com/switchboard-chat/switchboard/services/gateway/geo/geotest"
)

var kyiv = geo.Place{Country: "UA", City: "Kyiv"}

func TestFind(t *testing.T) {
	db, err := geo.Open(geotest.Write(t, "", map[string]geo.Place{"203.0.113.0/24": kyiv, "2001:db8::/32": {Country: "PL"}}))
	if err != nil {
		t.Fatal(err)
	}
	for a, want := range map[string]geo.Place{
		"203.0.113.7": kyiv, "::ffff:203.0.113.7": kyiv, "2001:db8::1": {Country: "PL"}, "198.51.100.1": {}, "127.0.0.1": {}, "::1": {},
	} {
		if got := db.Find(netip.MustParseAddr(a)); got != want {
			t.Errorf("Find(%s) = %v, want %v", a, got, want)
		}
	}
	if got := db.Find(netip.Addr{}); got != (geo.Place{}) {
		t.Errorf("Find of no address = %v", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{"empty": "", "text": "places", "marked": "\xab\xcd\xefMaxMind.com", "another format": "PK\x03\x04"} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := geo.Open(path); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := geo.Open(filepath.Join(folder, "none")); err == nil {
		t.Error("no file: no error")
	}
}

// A new file is read within a minute; one that is broken or gone changes nothing.
func TestRun(t *testing.T) {
	path := geotest.Write(t, "", map[string]geo.Place{"203.0.113.0/24": kyiv})
	synctest.Test(t, func(t *testing.T) {
		db, err := geo.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- db.Run(ctx) }()
		a := netip.MustParseAddr("203.0.113.7")
		later := func(want geo.Place, why string) {
			t.Helper()
			time.Sleep(geo.Every) // of the bubble
			synctest.Wait()
			if got := db.Find(a); got != want {
				t.Errorf("%s: %v, want %v", why, got, want)
			}
		}
		later(kyiv, "nothing has changed")
		if err := os.WriteFile(path, []byte("broken, and written over what was there"), 0o600); err != nil {
			t.Fatal(err)
		}
		later(kyiv, "broken")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		later(kyiv, "gone")
		lviv := geo.Place{Country: "UA", City: "Lviv"}
		geotest.Write(t, path, map[string]geo.Place{"203.0.113.0/24": lviv})
		later(lviv, "a new one")
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}
