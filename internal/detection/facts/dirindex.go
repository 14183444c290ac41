package facts

import "strings"

// dirIndex finds which of many directories, each of one or more names, stand in a path:
// by the first name, so that a path costs a look-up for each of its names that could be
// one, instead of a search for each directory.
type dirIndex struct {
	dirs    []string         // without the slash in front
	byFirst map[string][]int // indices of dirs, by their first name
	begins  [256]bool        // bytes that first names begin with
	// tilde says that a name may also begin behind a ~.
	tilde bool
}

func newDirIndex(dirs []string, tilde bool) *dirIndex {
	x := &dirIndex{byFirst: map[string][]int{}, tilde: tilde}
	for i, dir := range dirs {
		dir = strings.TrimPrefix(dir, "/")
		first := cutAt(dir, "/")
		x.dirs = append(x.dirs, dir)
		x.byFirst[first] = append(x.byFirst[first], i)
		x.begins[first[0]] = true
	}
	return x
}

// find gives the first directory of the list that a path names or is below, and what of
// the path is behind it: "" or something that begins with a slash. Of a directory that
// stands in the path more than once the first place counts, also behind a name that only
// ends like it: /tmp/x.ssh/.ssh is below .ssh. There is none when the index is below 0.
func (x *dirIndex) find(low string) (index int, after string) {
	index = -1
	for at := 0; at < len(low); {
		if x.begins[low[at]] {
			for _, i := range x.byFirst[cutAt(low[at:], "/")] {
				if index >= 0 && i >= index {
					break // they are in order
				}
				dir := x.dirs[i]
				if !within(low[at:], dir) {
					continue
				}
				index, after = i, low[at+len(dir):]
			}
		}
		next := strings.IndexByte(low[at:], '/')
		if x.tilde {
			if t := strings.IndexByte(low[at:], '~'); t >= 0 && (next < 0 || t < next) {
				next = t
			}
		}
		if next < 0 {
			break
		}
		at += next + 1
	}
	return index, after
}
