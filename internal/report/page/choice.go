package page

import "slices"

// choice keeps the rows that matter most, in bounded memory.
type choice[T any] struct {
	limit int
	more  func(a, b *T) int // below 0: a matters more
	kept  []T
	all   int
}

func (c *choice[T]) add(row *T) error {
	c.all++
	c.kept = append(c.kept, *row)
	if len(c.kept) >= 2*c.limit+100 {
		c.trim()
	}
	return nil
}

func (c *choice[T]) trim() {
	if len(c.kept) <= c.limit {
		return
	}
	slices.SortStableFunc(c.kept, func(a, b T) int { return c.more(&a, &b) })
	clear(c.kept[c.limit:])
	c.kept = c.kept[:c.limit]
}

// ordered returns the rows that are kept, in the order in which they are shown.
func (c *choice[T]) ordered(order func(a, b *T) int) []T {
	c.trim()
	slices.SortStableFunc(c.kept, func(a, b T) int { return order(&a, &b) })
	return c.kept
}

// truth orders what is true before what is not.
func truth(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
