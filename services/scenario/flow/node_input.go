package flow

// input asks for something to be written and checks it.
type input struct {
	content
	saveAs     string
	rule       rule
	retry      template
	maxTries   int // 0: as often as it takes
	nextFailed string
	next       string
}

func readInput(o *object, id string) node {
	o.requireText("text", "the question")
	o.require("next", "the node to go on with")
	n := &input{
		content:    readContent(o, id),
		saveAs:     o.variable("save_as"),
		rule:       readRule(o),
		retry:      o.template("retry_text", MaxText),
		maxTries:   o.integer("max_tries", 1, maxTries, 0),
		nextFailed: o.target("next_failed"),
		next:       o.target("next"),
	}
	n.requireWords(o)
	switch {
	case o.has("max_tries") && !o.has("next_failed"):
		o.problem("next_failed", "is missing: where to go after max_tries wrong answers")
	case o.has("next_failed") && !o.has("max_tries"):
		o.problem("max_tries", "is missing: after how many wrong answers to go to next_failed")
	}
	return n
}

func (n *input) links() []link {
	return []link{{field: "next", target: n.next}, {field: "next_failed", target: n.nextFailed}}
}

func (n *input) waits() bool { return true }

func (n *input) enter(r *run) string {
	r.s.Node = n.id
	n.ask(r)
	return ""
}

func (n *input) ask(r *run) { n.show(r) }

func (n *input) answer(r *run, said said) string {
	r.s.LastInput = said.words()
	if value, ok := n.rule.check(said.words()); ok {
		r.set(n.saveAs, value)
		return n.next
	}
	r.s.Tries++
	if n.maxTries > 0 && r.s.Tries >= n.maxTries {
		return n.nextFailed
	}
	if len(n.retry) == 0 {
		n.ask(r)
		return ""
	}
	n.say(r, n.orText(r, n.retry))
	return ""
}

// variable reads the name of a variable to save into.
func (o *object) variable(name string) string {
	s := o.text(name, maxName)
	if !o.isString(name) {
		return ""
	}
	if err := checkOwnName(s); err != nil {
		o.problem(name, "%v", err)
		return ""
	}
	return s
}
