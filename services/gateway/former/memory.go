package former

import "container/list"

// memory remembers values by name, as many as weigh no more than most; those that were used last stay. It is not safe
// for concurrent use.
type memory[V any] struct {
	most, weight int
	places       map[string]*list.Element
	order        list.List // of *place[V], the one that was used last first
}

type place[V any] struct {
	name   string
	value  V
	weight int
}

func newMemory[V any](most int) *memory[V] {
	return &memory[V]{most: most, places: map[string]*list.Element{}}
}

func (m *memory[V]) get(name string) (v V, ok bool) {
	at := m.places[name]
	if at == nil {
		return v, false
	}
	m.order.MoveToFront(at)
	return at.Value.(*place[V]).value, true
}

// put remembers a value, unless it weighs more than everything may.
func (m *memory[V]) put(name string, v V, weight int) {
	if at := m.places[name]; at != nil {
		m.drop(at)
	}
	if weight > m.most {
		return
	}
	m.places[name] = m.order.PushFront(&place[V]{name, v, weight})
	for m.weight += weight; m.weight > m.most; {
		m.drop(m.order.Back())
	}
}

func (m *memory[V]) drop(at *list.Element) {
	p := at.Value.(*place[V])
	delete(m.places, p.name)
	m.weight -= p.weight
	m.order.Remove(at)
}
