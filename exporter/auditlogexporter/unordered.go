package auditlogexporter

import (
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

type member struct {
	key   string
	value pcommon.Value
}

// few is how many members of a map are put in order without asking for memory.
const few = 32

// appendUnordered is appendMap for keys in any order. Only the places of members are
// moved, and the members of most maps lie on the stack: they are made of pointers,
// which cost many times as much to write elsewhere while the garbage collector looks
// for what is in use.
func appendUnordered(dst []byte, m pcommon.Map, depth int) ([]byte, error) {
	if m.Len() > few {
		return appendMany(dst, m, depth)
	}
	var members [few]member
	var places [few]int
	n := 0
	for key, v := range m.All() {
		members[n] = member{key, v}
		// Behind those whose key is the same or smaller. Keys begin alike for long, so
		// that as few as possible are compared.
		low, high := 0, n
		for low < high {
			if middle := (low + high) / 2; members[places[middle]].key > key {
				high = middle
			} else {
				low = middle + 1
			}
		}
		copy(places[low+1:n+1], places[low:n])
		places[low] = n
		n++
	}
	return appendMembers(dst, members[:n], places[:n], depth)
}

// appendMany is appendUnordered for maps with many keys.
func appendMany(dst []byte, m pcommon.Map, depth int) ([]byte, error) {
	members := make([]member, 0, m.Len())
	places := make([]int, 0, m.Len())
	for key, v := range m.All() {
		places = append(places, len(members))
		members = append(members, member{key, v})
	}
	slices.SortStableFunc(places, func(a, b int) int { return strings.Compare(members[a].key, members[b].key) })
	return appendMembers(dst, members, places, depth)
}

// appendMembers appends an object of the members in the order of their places.
func appendMembers(dst []byte, members []member, places []int, depth int) (_ []byte, err error) {
	dst = append(dst, '{')
	before, again := "", 1
	for i, place := range places {
		key := members[place].key
		name := key
		if i > 0 {
			dst = append(dst, ',')
			if again++; key == before {
				name += "#" + strconv.Itoa(again)
			} else {
				again = 1
			}
		}
		before = key
		dst = append(appendString(dst, name), ':')
		if dst, err = appendValue(dst, members[place].value, depth); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}
