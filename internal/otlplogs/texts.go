package otlplogs

import "hash/maphash"

// texts are short texts that came before: names of attributes, which come with every
// record, values of which there are few, and those that a record has in several places,
// as its session. Those of one hash share two places, which the latest two have. Equal
// texts have the same memory, which is theirs alone.
type texts struct {
	pairs [pairCount][2]string
}

const (
	pairCount = 512
	longText  = 128 // bytes
)

// seed places texts anew in each process, so that nobody can choose some that take each
// other's place.
var seed = maphash.MakeSeed()

func (t *texts) of(text []byte) string {
	if len(text) > longText || len(text) == 0 {
		return string(text)
	}
	pair := &t.pairs[maphash.Bytes(seed, text)%pairCount]
	if pair[0] == string(text) {
		return pair[0]
	}
	if pair[1] == string(text) {
		return pair[1]
	}
	pair[0], pair[1] = string(text), pair[0]
	return pair[0]
}
