package agents

import "strconv"

// compareTable is the columns of agents compare --csv. New ones are added at the end.
var compareTable = []tableColumn[*Figure]{
	{"figure", func(f *Figure) string { return f.Name }, false},
	{"unit", func(f *Figure) string { return f.Unit }, false},
	{"a", func(f *Figure) string { return exact(f.A) }, true},
	{"b", func(f *Figure) string { return exact(f.B) }, true},
	{"a_of", func(f *Figure) string { return whole64(f.AOf) }, true},
	{"b_of", func(f *Figure) string { return whole64(f.BOf) }, true},
	{"difference", func(f *Figure) string { return exact(f.Difference) }, true},
	{"change", func(f *Figure) string { return exact(f.Change) }, true},
	{"a_low", func(f *Figure) string { return exact(f.ALow) }, true},
	{"a_high", func(f *Figure) string { return exact(f.AHigh) }, true},
	{"b_low", func(f *Figure) string { return exact(f.BLow) }, true},
	{"b_high", func(f *Figure) string { return exact(f.BHigh) }, true},
	{"few", func(f *Figure) string { return strconv.FormatBool(f.Few) }, false},
}

func exact(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

func whole64(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
