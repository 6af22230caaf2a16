package config

import (
	"encoding/base64"
	"encoding/json"

	"github.com/switchboard-chat/switchboard/services/config/invalid"
)

const (
	defaultPage  = 50
	maxPage      = 200
	maxPageToken = 1024
)

// page is what a list request asks for: how many, and behind which place.
type page struct {
	size  int
	after []string // the fields of the place; empty for the first page
}

// parsePage reads a request's page_size and page_token; kind and fields are those that pageToken got.
func parsePage(kind string, fields int, size int32, pageToken string) (page, error) {
	var problems invalid.Problems
	p := page{size: int(size)}
	switch {
	case size == 0:
		p.size = defaultPage
	case size < 0 || size > maxPage:
		problems.Add("page_size", "expected 1 to %d, or 0 for %d", maxPage, defaultPage)
	}
	if pageToken != "" {
		var place []string
		data, err := base64.RawURLEncoding.DecodeString(pageToken)
		if err != nil || len(pageToken) > maxPageToken || json.Unmarshal(data, &place) != nil ||
			len(place) != fields+1 || place[0] != kind {
			problems.Add("page_token", "expected next_page_token of the page before, or nothing for the first page")
		} else {
			p.after = place[1:]
		}
	}
	if len(problems) > 0 {
		return page{}, refused(problems)
	}
	return p, nil
}

// field returns a field of the place, or nothing for the first page.
func (p page) field(i int) string {
	if i < len(p.after) {
		return p.after[i]
	}
	return ""
}

// cut returns one page of what was found and the token of the next one; found has one item more than
// the page if there is a next one. place gives the fields of an item's place.
func cut[T any](kind string, p page, found []T, place func(T) []string) ([]T, string) {
	if len(found) <= p.size {
		return found, ""
	}
	found = found[:p.size]
	data, err := json.Marshal(append([]string{kind}, place(found[len(found)-1])...))
	if err != nil { // strings always encode
		return found, ""
	}
	return found, base64.RawURLEncoding.EncodeToString(data)
}
