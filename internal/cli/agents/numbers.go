package agents

import (
	"fmt"
	"strconv"
	"time"
)

// number is a dot for nothing: what there is stands out then.
func number(n int) string {
	if n == 0 {
		return "·"
	}
	return short(int64(n))
}

// tokens are a dash where they are not known.
func tokens(n *int64) string {
	if n == nil {
		return "–"
	}
	return short(*n)
}

// short is a number in at most five columns.
func short(n int64) string {
	for _, unit := range []struct {
		size int64
		sign string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		switch {
		case n < unit.size || n < 10_000:
		case n < 100*unit.size:
			return strconv.FormatFloat(float64(n/(unit.size/10))/10, 'f', 1, 64) + unit.sign
		default:
			return strconv.FormatInt(n/unit.size, 10) + unit.sign
		}
	}
	return strconv.FormatInt(n, 10)
}

// span is how long something took, in at most seven columns.
func span(milliseconds *int64) string {
	if milliseconds == nil {
		return "–"
	}
	d := time.Duration(min(max(*milliseconds, 0), 1<<42)) * time.Millisecond
	switch {
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
	case d < time.Minute:
		return strconv.FormatFloat(float64(d.Milliseconds()/100)/10, 'f', 1, 64) + "s"
	case d < time.Hour:
		return fmt.Sprintf("%dm %02ds", int(d/time.Minute), int(d/time.Second)%60)
	case d < 100*time.Hour:
		return fmt.Sprintf("%dh %02dm", int(d/time.Hour), int(d/time.Minute)%60)
	}
	return fmt.Sprintf("%dd", min(int(d/(24*time.Hour)), 99_999))
}

// percent is a share, -1 where it is not known.
func percent(share float64) string {
	if share < 0 {
		return "–"
	}
	return strconv.FormatFloat(100*share, 'f', 1, 64) + " %"
}

// rate is how many of how many, with the share.
func rate(n, all int) string {
	if all == 0 {
		return "–"
	}
	return short(int64(n)) + "/" + short(int64(all)) + " " + strconv.FormatFloat(100*float64(n)/float64(all), 'f', 1, 64) + " %"
}
