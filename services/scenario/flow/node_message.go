package flow

// message says something and goes on.
type message struct {
	content
	next string
}

func readMessage(o *object, id string) node {
	if !o.has("image") {
		o.requireText("text", "what the bot says")
	}
	return &message{content: readContent(o, id), next: o.target("next")}
}

func (m *message) links() []link { return []link{{field: "next", target: m.next}} }
func (m *message) waits() bool   { return false }

func (m *message) enter(r *run) string {
	m.show(r)
	return m.next
}
