package shellcommand

import "strings"

// maxPattern bounds the pattern by which find tells what it finds.
const maxPattern = 256

// findPattern is the name, or the end of the path, that all which find finds has; it
// is "" when there is none that holds for all.
func findPattern(args []field) string {
	pattern := ""
	for i, f := range args {
		switch f.v {
		case "-o", "-or", ",", "!", "-not":
			return ""
		case "-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename":
			if i+1 >= len(args) {
				return ""
			}
			p := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(args[i+1].v, "./"), "*/"), "/")
			if p != "" && len(p) <= maxPattern && !strings.ContainsAny(p, "\n\t {}'\";|&<>$`()") && !strings.Contains(p, Unknown) {
				pattern = p
			}
		}
	}
	if strings.Trim(pattern, "*?.") == "" {
		return ""
	}
	return pattern
}

// findOutput is what find prints: names of which the roots and a pattern are known.
func findOutput(_ *analyzer, k *command) (string, bool) {
	args := k.args()
	for _, f := range args {
		switch f.v {
		case "-exec", "-execdir", "-ok", "-okdir", "-delete", "-printf", "-ls", "-fprint", "-quit":
			return Unknown, false
		}
	}
	pattern := findPattern(args)
	if pattern == "" || k.name != "find" && k.name != "gfind" {
		return Unknown, false
	}
	var b strings.Builder
	for i, r := range findRoots(args) {
		if i == maxValues {
			break
		}
		b.WriteString(below(r, pattern) + "\n")
	}
	return b.String(), false
}

// findRoots are the places at which find begins.
func findRoots(args []field) []string {
	var roots []string
	for _, f := range args {
		if strings.HasPrefix(f.v, "-") || f.v == "(" || f.v == "!" {
			if f.v == "-H" || f.v == "-L" || f.v == "-P" {
				continue
			}
			break
		}
		roots = append(roots, f.v)
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	return roots
}

// below is a path below a root, with the end that is known.
func below(root, pattern string) string {
	p := strings.TrimSuffix(root, "/") + "/" + Unknown
	if pattern != "" {
		p += "/" + pattern
	}
	return p
}
