package flow

// operator hands the conversation over to people and waits until they give it back.
type operator struct {
	content
	topic       string
	closedAlias string
	next        string
}

func readOperator(o *object, id string) node {
	return &operator{
		content:     readContent(o, id),
		topic:       o.text("topic", maxTopic),
		closedAlias: o.alias("closed_alias"),
		next:        o.target("next"),
	}
}

func (n *operator) links() []link {
	return []link{
		{field: "closed_alias", target: n.closedAlias, alias: true},
		{field: "next", target: n.next},
	}
}

func (n *operator) waits() bool { return true }

func (n *operator) enter(r *run) string {
	n.show(r)
	r.act(Connect{Node: n.id, Topic: n.topic, ClosedAlias: n.closedAlias})
	r.s.Node, r.s.WithOperator = n.id, true
	return ""
}

// after is the node to go on with when the operator has closed, or "".
func (n *operator) after(f *Flow) string {
	if n.closedAlias != "" {
		return f.aliases[n.closedAlias]
	}
	return n.next
}
