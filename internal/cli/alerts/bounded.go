package alerts

// bounded keeps the last values, by their keys: no more than keep.
type bounded[T any] struct {
	keep   int
	values map[string]T
	order  []string // of their keys, as they came
}

func (b *bounded[T]) get(key string) (T, bool) {
	v, ok := b.values[key]
	return v, ok
}

// put sets a value, and reports whether its key is a new one.
func (b *bounded[T]) put(key string, v T) (isNew bool) {
	if b.values == nil {
		b.values = map[string]T{}
	}
	_, known := b.values[key]
	b.values[key] = v
	if known {
		return false
	}
	if len(b.order) >= b.keep {
		delete(b.values, b.order[0])
		b.order = b.order[1:]
	}
	b.order = append(b.order, key)
	return true
}
