package preview

import (
	"container/list"
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	maxKept    = 2000
	keepPage   = time.Hour
	keepNone   = 10 * time.Minute
	maxFetches = 16 // at once
)

// cache keeps what was found, and lets a page be looked at once for all who ask.
type cache struct {
	looking singleflight.Group
	turns   chan struct{}

	mu    sync.Mutex
	kept  map[string]*list.Element
	order list.List // of *entry, the one that was used last first
}

type entry struct {
	address string
	page    Page
	err     error
	until   time.Time
}

func newCache() *cache {
	return &cache{turns: make(chan struct{}, maxFetches), kept: map[string]*list.Element{}}
}

// get returns what is kept of an address, or what look finds, which ends in time by itself.
func (c *cache) get(ctx context.Context, address string, look func(context.Context, string) (Page, error)) (Page, error) {
	if e := c.find(address, time.Now()); e != nil {
		return e.page, e.err
	}
	found, err, _ := c.looking.Do(address, func() (any, error) {
		select {
		case c.turns <- struct{}{}:
		default:
			return nil, ErrBusy
		}
		defer func() { <-c.turns }()
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTime) // others may wait for it, too
		defer cancel()
		p, err := look(within, address)
		e := &entry{address: address, page: p, err: err, until: time.Now().Add(keepPage)}
		if err != nil {
			e.until = time.Now().Add(keepNone)
		}
		c.keep(e)
		return e, nil
	})
	if err != nil {
		return Page{}, err
	}
	e := found.(*entry)
	return e.page, e.err
}

func (c *cache) find(address string, now time.Time) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.kept[address]
	if at == nil {
		return nil
	}
	e := at.Value.(*entry)
	if now.After(e.until) {
		c.drop(at)
		return nil
	}
	c.order.MoveToFront(at)
	return e
}

func (c *cache) keep(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := c.kept[e.address]; at != nil {
		c.drop(at)
	}
	c.kept[e.address] = c.order.PushFront(e)
	for c.order.Len() > maxKept {
		c.drop(c.order.Back())
	}
}

func (c *cache) drop(at *list.Element) {
	delete(c.kept, at.Value.(*entry).address)
	c.order.Remove(at)
}
