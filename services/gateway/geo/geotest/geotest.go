// Package geotest makes databases of places for tests.
package geotest

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"go4.org/netipx"

	"github.com/switchboard-chat/switchboard/services/gateway/geo"
)

// Write writes a database of the places at the path, as one step, and returns the path; an empty one is in a folder
// of the test's own.
func Write(tb testing.TB, path string, places map[string]geo.Place) string {
	tb.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "Test-City", IncludeReservedNetworks: true})
	if err != nil {
		tb.Fatal(err)
	}
	for network, p := range places {
		record := mmdbtype.Map{
			"country": mmdbtype.Map{"iso_code": mmdbtype.String(p.Country)},
			"city":    mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String(p.City)}},
		}
		if err := tree.Insert(netipx.PrefixIPNet(netip.MustParsePrefix(network)), record); err != nil {
			tb.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := tree.WriteTo(&b); err != nil {
		tb.Fatal(err)
	}
	if path == "" {
		path = filepath.Join(tb.TempDir(), "places.mmdb")
	}
	if err := os.WriteFile(path+".new", b.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		tb.Fatal(err)
	}
	return path
}
