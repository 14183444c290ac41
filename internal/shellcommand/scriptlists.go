package shellcommand

// grouped takes the words of a call that stand in a list, among options or in a loop's
// variable that is one; lists is how many there were. It is false when there is none.
func (r *scriptReader) grouped(i int, kind callKind, items *[]string) (next, lists int, ok bool) {
	switch {
	case r.is(i, '{') && kind != callCode: // options, an environment
		end := r.skip(i)
		if r.optionArgs(i, end, items) {
			lists = 1
		}
		return end, lists, true
	case r.is(i, '['):
		i++
		for n := 0; n < maxBraces && i < len(r.toks) && !r.is(i, ']') && !r.is(i, ')'); n++ {
			if r.is(i, '*') && r.spreads(i+1) { // *words
				*items = append(*items, r.spread...)
				i += 2
			} else {
				v, after, _ := r.expr(i)
				*items = append(*items, v)
				i = after
			}
			if r.is(i, ',') || r.is(i, ';') {
				i++
			}
		}
		return i + 1, 1, true
	case len(r.spread) > 1 && r.spreads(i) && (r.is(i+1, ')') || r.is(i+1, ',')):
		*items = append(*items, r.spread...)
		return i + 1, 1, true
	}
	return i, 0, false
}

// spreads reports whether the name at i is the variable of a loop that is followed.
func (r *scriptReader) spreads(i int) bool {
	return len(r.spread) > 0 && r.is(i, 'i') && r.rounds[r.toks[i].s] != nil
}
