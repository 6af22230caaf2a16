package widget

import (
	"regexp"
	"strings"
)

// The grammar of colour values. It is far smaller than that of CSS: what it accepts cannot end a
// declaration, call another function or load anything.
const (
	number    = `[+-]?(?:\d{1,4}(?:\.\d{1,4})?|\.\d{1,4})`
	amount    = number + `%?`
	angle     = number + `(?:deg|grad|rad|turn)`
	separator = `(?:\s*,\s*|\s+)`
	alpha     = `(?:\s*[,/]\s*` + amount + `)?`
	side      = `(?:left|right|top|bottom)`

	maxValue = 500 // bytes
	maxStops = 16
)

var (
	hexValue = regexp.MustCompile(`^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$`)
	rgbValue = regexp.MustCompile(`^rgba?\(\s*` + amount + `(?:` + separator + amount + `){2}` + alpha + `\s*\)$`)
	hslValue = regexp.MustCompile(`^hsla?\(\s*` + number + `(?:deg|grad|rad|turn)?(?:` + separator + amount + `){2}` + alpha + `\s*\)$`)

	direction = regexp.MustCompile(`^(?:` + angle + `|to\s+` + side + `(?:\s+` + side + `)?)$`)
	colorStop = regexp.MustCompile(`^(.*?)(?:\s+` + number + `(?:%|px)){0,2}$`)
)

// isColor reports whether s is one CSS colour, in any case.
func isColor(s string) bool {
	if len(s) > maxValue {
		return false
	}
	s = strings.ToLower(s)
	return hexValue.MatchString(s) || isColorName(s) || rgbValue.MatchString(s) || hslValue.MatchString(s)
}

// isGradient reports whether s is a linear-gradient() of 2 to 16 CSS colours, in any case.
func isGradient(s string) bool {
	if len(s) > maxValue {
		return false
	}
	inside, ok := strings.CutPrefix(strings.ToLower(s), "linear-gradient(")
	inside, closed := strings.CutSuffix(inside, ")")
	if !ok || !closed {
		return false
	}
	stops := splitArguments(inside)
	if direction.MatchString(stops[0]) {
		stops = stops[1:]
	}
	if len(stops) < 2 || len(stops) > maxStops {
		return false
	}
	for _, s := range stops {
		if m := colorStop.FindStringSubmatch(s); m == nil || !isColor(m[1]) {
			return false
		}
	}
	return true
}

// splitArguments cuts s at its commas outside parentheses and trims the parts.
func splitArguments(s string) []string {
	var parts []string
	depth, start := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, strings.TrimSpace(s[start:i]))
				start = i + 1
			}
		}
	}
	return append(parts, strings.TrimSpace(s[start:]))
}

// isColorName reports whether s is one of the names of CSS Color Module Level 4, or transparent.
func isColorName(s string) bool {
	switch s {
	case "transparent",
		"aliceblue", "antiquewhite", "aqua", "aquamarine", "azure", "beige", "bisque", "black",
		"blanchedalmond", "blue", "blueviolet", "brown", "burlywood", "cadetblue", "chartreuse",
		"chocolate", "coral", "cornflowerblue", "cornsilk", "crimson", "cyan", "darkblue", "darkcyan",
		"darkgoldenrod", "darkgray", "darkgreen", "darkgrey", "darkkhaki", "darkmagenta",
		"darkolivegreen", "darkorange", "darkorchid", "darkred", "darksalmon", "darkseagreen",
		"darkslateblue", "darkslategray", "darkslategrey", "darkturquoise", "darkviolet", "deeppink",
		"deepskyblue", "dimgray", "dimgrey", "dodgerblue", "firebrick", "floralwhite", "forestgreen",
		"fuchsia", "gainsboro", "ghostwhite", "gold", "goldenrod", "gray", "green", "greenyellow",
		"grey", "honeydew", "hotpink", "indianred", "indigo", "ivory", "khaki", "lavender",
		"lavenderblush", "lawngreen", "lemonchiffon", "lightblue", "lightcoral", "lightcyan",
		"lightgoldenrodyellow", "lightgray", "lightgreen", "lightgrey", "lightpink", "lightsalmon",
		"lightseagreen", "lightskyblue", "lightslategray", "lightslategrey", "lightsteelblue",
		"lightyellow", "lime", "limegreen", "linen", "magenta", "maroon", "mediumaquamarine",
		"mediumblue", "mediumorchid", "mediumpurple", "mediumseagreen", "mediumslateblue",
		"mediumspringgreen", "mediumturquoise", "mediumvioletred", "midnightblue", "mintcream",
		"mistyrose", "moccasin", "navajowhite", "navy", "oldlace", "olive", "olivedrab", "orange",
		"orangered", "orchid", "palegoldenrod", "palegreen", "paleturquoise", "palevioletred",
		"papayawhip", "peachpuff", "peru", "pink", "plum", "powderblue", "purple", "rebeccapurple",
		"red", "rosybrown", "royalblue", "saddlebrown", "salmon", "sandybrown", "seagreen", "seashell",
		"sienna", "silver", "skyblue", "slateblue", "slategray", "slategrey", "snow", "springgreen",
		"steelblue", "tan", "teal", "thistle", "tomato", "turquoise", "violet", "wheat", "white",
		"whitesmoke", "yellow", "yellowgreen":
		return true
	}
	return false
}
