package flow

// start is where a conversation begins.
type start struct{ next string }

func readStart(o *object) node {
	o.require("next", "the node to begin with")
	return &start{next: o.target("next")}
}

func (s *start) links() []link       { return []link{{field: "next", target: s.next}} }
func (s *start) waits() bool         { return false }
func (s *start) enter(_ *run) string { return s.next }

// entry is where a conversation goes on after a jump to its alias.
type entry struct {
	alias string
	next  string
}

func readEntry(o *object) node {
	o.require("alias", "the name to jump to")
	o.require("next", "the node to go on with")
	return &entry{alias: o.alias("alias"), next: o.target("next")}
}

func (e *entry) links() []link       { return []link{{field: "next", target: e.next}} }
func (e *entry) waits() bool         { return false }
func (e *entry) enter(_ *run) string { return e.next }

// exit jumps to an entry point.
type exit struct{ alias string }

func readExit(o *object) node {
	o.require("alias", "the alias of an entry point")
	return &exit{alias: o.alias("alias")}
}

func (e *exit) links() []link       { return []link{{field: "alias", target: e.alias, alias: true}} }
func (e *exit) waits() bool         { return false }
func (e *exit) enter(r *run) string { return r.flow.aliases[e.alias] }

// alias reads an alias and holds its rule.
func (o *object) alias(name string) string {
	s := o.text(name, maxName)
	if o.isString(name) && !aliasRule.MatchString(s) {
		o.problem(name, "%q is no alias: expected latin letters, digits, _ and -, not beginning with a digit, at most %d", s, maxName)
		return ""
	}
	return s
}
