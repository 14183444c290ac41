package claudehookreceiver

// fewKeys is the largest number of keys whose order is remembered.
const fewKeys = 48

// order says which of the entries of a mapping is the first, the second, … by its key.
// It is kept for the next mapping with as many keys: most records of one kind have the
// same keys in the same order, so that their order need only be confirmed.
type order [fewKeys]uint8

// sort makes o the order of the entries, of which there are at most fewKeys, and
// copies it to result. Entries with the same key keep their order. It begins with the
// order that was, whatever that is; the first time with that of the entries.
func (o *order) sort(entries []entry, result *order) {
	n := len(entries)
	if n > 1 && o[0] == o[1] { // the zero value: no order has a number twice
		for i := range n {
			o[i] = uint8(i)
		}
	}
	for i := 1; i < n; i++ {
		for j := i; j > 0 && less(entries, o[j], o[j-1]); j-- {
			o[j], o[j-1] = o[j-1], o[j]
		}
	}
	copy(result[:n], o[:n])
}

func less(entries []entry, a, b uint8) bool {
	x, y := entries[a].key, entries[b].key
	return x < y || x == y && a < b
}
