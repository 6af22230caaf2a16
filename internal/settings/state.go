package settings

import (
	"fmt"
	"maps"
	"strconv"

	"google.golang.org/protobuf/proto"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// state is a picture of the bucket. Once a reader can see it, it does not change.
type state struct {
	bots      map[string]*configv1.Bot
	keys      map[string]*configv1.ApiKey
	scenarios map[string]int64
}

// change names a setting that differs between two states.
type change struct{ kind, id string }

func newState() *state {
	return &state{
		bots:      make(map[string]*configv1.Bot),
		keys:      make(map[string]*configv1.ApiKey),
		scenarios: make(map[string]int64),
	}
}

// clone returns a copy in which settings of this kind may be changed.
func (s *state) clone(kind string) *state {
	c := *s
	switch kind {
	case KindBot:
		c.bots = maps.Clone(s.bots)
	case KindKey:
		c.keys = maps.Clone(s.keys)
	case KindScenario:
		c.scenarios = maps.Clone(s.scenarios)
	}
	return &c
}

func (s *state) put(kind, id string, value []byte) error {
	switch kind {
	case KindBot:
		b := new(configv1.Bot)
		if err := proto.Unmarshal(value, b); err != nil {
			return err
		}
		if b.GetId() != id {
			return fmt.Errorf("holds bot %q", b.GetId())
		}
		s.bots[id] = b
	case KindKey:
		k := new(configv1.ApiKey)
		if err := proto.Unmarshal(value, k); err != nil {
			return err
		}
		s.keys[id] = k
	case KindScenario:
		v, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return err
		}
		s.scenarios[id] = v
	}
	return nil
}

func (s *state) remove(kind, id string) {
	switch kind {
	case KindBot:
		delete(s.bots, id)
	case KindKey:
		delete(s.keys, id)
	case KindScenario:
		delete(s.scenarios, id)
	}
}

// keep takes a setting over from another state, if it has it.
func (s *state) keep(from *state, kind, id string) {
	switch kind {
	case KindBot:
		if v, ok := from.bots[id]; ok {
			s.bots[id] = v
		}
	case KindKey:
		if v, ok := from.keys[id]; ok {
			s.keys[id] = v
		}
	case KindScenario:
		if v, ok := from.scenarios[id]; ok {
			s.scenarios[id] = v
		}
	}
}

// same reports whether the setting is the same in both states.
func (s *state) same(t *state, kind, id string) bool {
	switch kind {
	case KindBot:
		return same(s.bots, t.bots, id, equal)
	case KindKey:
		return same(s.keys, t.keys, id, equal)
	default:
		return same(s.scenarios, t.scenarios, id, func(a, b int64) bool { return a == b })
	}
}

// differences lists the settings that are not the same in t, those that went included.
func (s *state) differences(t *state) []change {
	var all []change
	collect := func(kind string, seen map[string]bool) {
		for id := range seen {
			if !s.same(t, kind, id) {
				all = append(all, change{kind, id})
			}
		}
	}
	collect(KindBot, ids(s.bots, t.bots))
	collect(KindKey, ids(s.keys, t.keys))
	collect(KindScenario, ids(s.scenarios, t.scenarios))
	return all
}

func same[V any](a, b map[string]V, id string, equal func(a, b V) bool) bool {
	x, inA := a[id]
	y, inB := b[id]
	return inA == inB && (!inA || equal(x, y))
}

func equal[M proto.Message](a, b M) bool { return proto.Equal(a, b) }

func ids[V any](a, b map[string]V) map[string]bool {
	all := make(map[string]bool, len(b))
	for id := range a {
		all[id] = true
	}
	for id := range b {
		all[id] = true
	}
	return all
}
