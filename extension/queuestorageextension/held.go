package queuestorageextension

// remember deletes items in memory alone.
func (j *journal) remember(changes []change) {
	for _, c := range changes {
		e := j.index[c.key]
		if e == nil {
			continue
		}
		j.drop(c.key)
		j.held[c.key] = e
		e.seg.held++
		j.back = 0
		j.heldSize += e.cost(c.key)
	}
}

// release ends the holding of deleted items.
func (j *journal) release() {
	for _, e := range j.held {
		e.seg.held--
	}
	clear(j.held)
	j.heldSize = 0
}

// withHeld puts the deletes that are held before the changes.
func (j *journal) withHeld(changes []change) []change {
	all := make([]change, 0, len(j.held)+len(changes))
	for key := range j.held {
		all = append(all, change{key: key, delete: true})
	}
	return append(all, changes...)
}
