package screen

// list is which row of a pane is chosen, and which is the first one shown.
type list struct{ sel, top int }

// move changes the choice by so many rows.
func (l *list) move(by, n int) { l.sel = min(max(l.sel+by, 0), max(n-1, 0)) }

// fit makes the choice one of n rows, and shows it among rows.
func (l *list) fit(n, rows int) {
	l.move(0, n)
	rows = max(rows, 1)
	l.top = min(l.top, l.sel)
	l.top = max(l.top, l.sel-rows+1)
	l.top = min(max(l.top, 0), max(n-rows, 0))
}

// window is which rows are shown.
func (l *list) window(n, rows int) (from, to int) { return l.top, min(l.top+rows, n) }
