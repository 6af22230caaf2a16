// Package geo says where an address is, by a database of places in MaxMind's format.
package geo

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"
)

const (
	// Every is how often a changed file is looked for.
	Every = time.Minute
	// maxSize of a file, in bytes: it is held in memory, so that whoever writes over it changes nothing that is
	// being read.
	maxSize = 512 << 20
)

// Place is where an address is; what is not known is empty.
type Place struct {
	Country string // two letters of ISO 3166-1
	City    string // in English
}

// DB is a database. Make one with [Open]; it may be used by several goroutines.
type DB struct {
	path   string
	loaded atomic.Pointer[version]
}

// version is a file as it was read.
type version struct {
	reader *maxminddb.Reader
	stamp  stamp
}

// stamp tells one state of a file from another.
type stamp struct {
	changed time.Time
	size    int64
}

func stampOf(info fs.FileInfo) stamp { return stamp{info.ModTime(), info.Size()} }

// Open reads the file.
func Open(path string) (*DB, error) {
	d := &DB{path: path}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return d, d.load(stampOf(info))
}

func (d *DB) load(s stamp) error {
	if s.size > maxSize {
		return fmt.Errorf("%s: %d bytes, at most %d", d.path, s.size, int64(maxSize))
	}
	data, err := os.ReadFile(d.path)
	if err != nil {
		return err
	}
	r, err := maxminddb.OpenBytes(data)
	if err != nil {
		return fmt.Errorf("%s: not a database in MaxMind's format: %w", d.path, err)
	}
	d.loaded.Store(&version{r, s})
	return nil
}

// Run reads the file again whenever it has changed, until ctx ends. One that cannot be read leaves the
// database as it was.
func (d *DB) Run(ctx context.Context) error {
	tick := time.NewTicker(Every)
	defer tick.Stop()
	tried := d.loaded.Load().stamp
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		info, err := os.Stat(d.path)
		if err == nil {
			now := stampOf(info)
			if now == tried {
				continue
			}
			tried = now
			err = d.load(now)
		}
		if err != nil {
			slog.WarnContext(ctx, "places not read anew", "err", err)
			continue
		}
		slog.InfoContext(ctx, "places read anew", "bytes", info.Size())
	}
}

// Find returns where the address is. Of one that is not in the database nothing is known.
func (d *DB) Find(a netip.Addr) Place {
	var found struct {
		Country struct {
			Code string `maxminddb:"iso_code"`
		} `maxminddb:"country"`
		City struct {
			Names struct {
				English string `maxminddb:"en"`
			} `maxminddb:"names"`
		} `maxminddb:"city"`
	}
	if err := d.loaded.Load().reader.Lookup(a.Unmap()).Decode(&found); err != nil {
		return Place{} // neither does an error of the file say who asked
	}
	return Place{found.Country.Code, found.City.Names.English}
}
