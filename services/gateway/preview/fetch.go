// Package preview looks at pages that messages link to, and says what they are. Whoever writes a link chooses
// whom the server talks to, so it talks to the public internet only, and tells nothing but a page's own words.
package preview

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
	"unicode"
)

const (
	maxURL       = 2048 // bytes
	maxBody      = 512 << 10
	maxHeader    = 64 << 10
	maxRedirects = 3
	fetchTime    = 5 * time.Second
	agent        = "SwitchboardLinkPreview/1.0 (+https://github.com/switchboard-chat/switchboard)"
)

var (
	// ErrNone means that there is nothing to show: the page is not there, is no page, or says nothing of itself.
	ErrNone = errors.New("nothing to show")
	// ErrForbidden means that the address is none that is looked at.
	ErrForbidden = errors.New("not a public web address")
	// ErrBusy means that too many pages are being looked at.
	ErrBusy = errors.New("too many pages at once")
)

// Fetcher looks at pages. Make one with [New].
type Fetcher struct {
	allowed, special Networks
	client           *http.Client
	cache            *cache
}

// New returns a fetcher that looks at the allowed networks beside the public internet.
func New(allowed Networks) *Fetcher {
	f := &Fetcher{allowed: allowed, special: special(), cache: newCache()}
	f.client = &http.Client{
		Timeout: fetchTime,
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy would resolve names by itself
			DialContext:            f.dial,
			DisableKeepAlives:      true,
			ResponseHeaderTimeout:  fetchTime,
			TLSHandshakeTimeout:    fetchTime,
			MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fmt.Errorf("%w: more than %d redirects", ErrNone, maxRedirects)
			}
			r.Header.Del("Referer") // it would tell of the page before
			return f.check(r.URL)
		},
	}
	return f
}

// Fetch says what the page at an address is. Its errors are ErrNone, ErrForbidden, ErrBusy, and that ctx ended.
func (f *Fetcher) Fetch(ctx context.Context, address string) (Page, error) {
	u, err := parse(address)
	if err != nil {
		return Page{}, err
	}
	if err := f.check(u); err != nil {
		return Page{}, err
	}
	p, err := f.cache.get(ctx, u.String(), f.fetch)
	p.URL = address
	return p, err
}

// parse reads an address as it is asked for: without the fragment, which servers never see.
func parse(address string) (*url.URL, error) {
	if len(address) > maxURL || strings.ContainsFunc(address, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return nil, ErrForbidden
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, ErrForbidden
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// check refuses what no web page of the public's has. Where a name leads is seen when it is dialled.
func (f *Fetcher) check(u *url.URL) error {
	host := u.Hostname()
	if u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" || u.User != nil || host == "" {
		return ErrForbidden
	}
	if literal, err := netip.ParseAddr(host); err == nil && !f.public(literal) {
		return ErrForbidden
	}
	if len(f.allowed) > 0 {
		return nil
	}
	usual := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	if u.Port() != "" && u.Port() != usual || !strings.ContainsAny(strings.TrimSuffix(host, "."), ".:") { // a name without a dot is one of our own network
		return ErrForbidden
	}
	return nil
}

// dial connects to an address of the name that is public; each is looked at when the system is about to connect, so
// that no other answer of the name's servers comes in between.
func (f *Fetcher) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: fetchTime, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		switch {
		case err != nil, !f.public(at.Addr()):
			return ErrForbidden
		case at.Port() != 80 && at.Port() != 443 && !f.allowed.have(at.Addr().Unmap()):
			return ErrForbidden
		}
		return nil
	}}
	return d.DialContext(ctx, network, address)
}

// fetch looks at a page.
func (f *Fetcher) fetch(ctx context.Context, address string) (Page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Page{}, ErrForbidden
	}
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9")
	res, err := f.client.Do(req)
	if err != nil {
		if errors.Is(err, ErrForbidden) {
			return Page{}, ErrForbidden
		}
		return Page{}, fmt.Errorf("%w: %w", ErrNone, err)
	}
	defer func() { _ = res.Body.Close() }()
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")) // a bad parameter spoils nothing
	if res.StatusCode != http.StatusOK || kind != "text/html" && kind != "application/xhtml+xml" {
		return Page{}, ErrNone
	}
	return read(io.LimitReader(res.Body, maxBody), res.Header.Get("Content-Type"), res.Request.URL)
}
