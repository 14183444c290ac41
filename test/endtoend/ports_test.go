package endtoend

import "strconv"

func port(n int) string { return strconv.Itoa(n) }
