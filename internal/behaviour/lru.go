package behaviour

import "container/list"

// lru is a map that knows what was used last.
type lru[V any] struct {
	items map[string]*list.Element
	order *list.List // the longest unused first
}

type item[V any] struct {
	key   string
	value V
}

func newLRU[V any]() lru[V] { return lru[V]{items: map[string]*list.Element{}, order: list.New()} }

func (l *lru[V]) len() int { return len(l.items) }

func (l *lru[V]) get(key string) (v V) {
	e := l.items[key]
	if e == nil {
		return v
	}
	l.order.MoveToBack(e)
	return e.Value.(*item[V]).value
}

// put adds a key that is not there.
func (l *lru[V]) put(key string, v V) { l.items[key] = l.order.PushBack(&item[V]{key, v}) }

// dropOldest forgets what was not used longest, of at least one.
func (l *lru[V]) dropOldest() V {
	oldest := l.order.Front()
	l.order.Remove(oldest)
	i := oldest.Value.(*item[V])
	delete(l.items, i.key)
	return i.value
}
