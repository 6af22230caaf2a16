package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// formatVersion is the only value of "format" that this package reads.
const formatVersion = 1

var nodeTypes = []string{"start", "message", "keyboard", "cards", "form", "input", "condition", "set", "connect_operator", "entry", "exit"}

// Parse reads and checks a scenario. Its error is a [*ParseError] with every problem that was found.
func Parse(data []byte) (*Flow, error) {
	r := &report{}
	f := &Flow{nodes: map[string]node{}, aliases: map[string]string{}, constants: map[string]string{}, kept: map[string]bool{}}
	if o := readFile(r, data); o != nil {
		o.require("format", fmt.Sprintf("expected %d", formatVersion))
		if v := o.number("format"); v != nil && *v != formatVersion {
			o.problem("format", "expected %d, got %v", formatVersion, *v)
		}
		o.text("note", MaxText)
		f.readConstants(o)
		o.require("nodes", "the steps of the conversation")
		for i, raw := range o.list("nodes", MaxNodes) {
			f.readNode(r, i, raw)
		}
		o.done("a scenario")
		f.check(r)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return f, nil
}

// readFile checks what makes reading on useless: size, encoding and syntax.
func readFile(r *report, data []byte) *object {
	if len(data) > MaxFile {
		r.add("", "", "expected at most %d bytes, got %d", MaxFile, len(data))
		return nil
	}
	if !utf8.Valid(data) {
		r.add("", "", "expected UTF-8")
		return nil
	}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			line, column := position(data, int(syntax.Offset))
			r.add("", "", "line %d, column %d: %v", line, column, err)
			return nil
		}
		r.add("", "", "%v", err)
		return nil
	}
	return newObject(r, "", "", raw)
}

// position is the line and column, from 1, of the last of the first n bytes.
func position(data []byte, n int) (line, column int) {
	line = 1
	for _, c := range string(data[:max(0, n-1)]) {
		column++
		if c == '\n' {
			line, column = line+1, 0
		}
	}
	return line, column + 1
}

func (f *Flow) readConstants(file *object) {
	o := file.child("constants")
	if o == nil {
		return
	}
	if len(o.order) > maxConstants {
		file.problem("constants", "expected at most %d, got %d", maxConstants, len(o.order))
		return
	}
	for _, name := range o.order {
		if err := checkOwnName(name); err != nil {
			file.problem("constants", "%v", err)
		}
		switch raw := o.fields[name]; kindOf(raw) {
		case "a string":
			f.constants[name] = o.text(name, MaxText)
		case "a number":
			if v := o.number(name); v != nil {
				f.constants[name] = formatNumber(*v)
			}
		case "true or false":
			f.constants[name] = textOf(o.boolean(name))
		default:
			o.problem(name, "expected a string, a number, true or false, got %s", kindOf(raw))
		}
	}
}

// readNode adds the i-th node. A node that cannot be used still takes its id, so that those who name
// it are not reported as well.
func (f *Flow) readNode(r *report, i int, raw json.RawMessage) {
	place := fmt.Sprintf("nodes[%d]", i)
	o := newObject(r, "", place, raw)
	if o == nil {
		return
	}
	o.require("id", "the node's own name")
	id := o.text("id", maxName)
	switch {
	case !o.isString("id"):
	case !idRule.MatchString(id):
		o.problem("id", "expected 1 to %d of latin letters, digits, _, - and ., got %q", maxName, id)
	default:
		o.node, o.path = id, ""
	}
	n := readByType(o, id)
	if o.node == "" {
		return
	}
	if _, taken := f.nodes[id]; taken {
		o.problem("id", "another node has the same id (this one is %s)", place)
		return
	}
	f.nodes[id] = n
	f.order = append(f.order, id)
	if s, ok := n.(*set); ok {
		for _, name := range s.names {
			f.kept[name] = true
		}
	}
}

func readByType(o *object, id string) node {
	o.require("type", "what the node does")
	o.text("note", MaxText)
	kind := o.text("type", maxName)
	n := newNode(o, kind, id)
	if n == nil {
		if o.isString("type") {
			o.problem("type", "there is no such type as %q%s", kind, suggest(kind, nodeTypes))
		}
		return unusable{}
	}
	o.done(article(kind))
	return n
}

func newNode(o *object, kind, id string) node {
	switch kind {
	case "start":
		return readStart(o)
	case "message":
		return readMessage(o, id)
	case "keyboard":
		return readKeyboard(o, id)
	case "cards":
		return readCards(o, id)
	case "form":
		return readForm(o, id)
	case "input":
		return readInput(o, id)
	case "condition":
		return readCondition(o)
	case "set":
		return readSet(o)
	case "connect_operator":
		return readOperator(o, id)
	case "entry":
		return readEntry(o)
	case "exit":
		return readExit(o)
	}
	return nil
}

// article is a node type in a sentence.
func article(kind string) string {
	switch kind {
	case "entry", "exit", "input":
		return "an " + kind + " node"
	}
	return "a " + kind + " node"
}

// unusable stands for a node that could not be read, until the scenario is refused.
type unusable struct{}

func (unusable) links() []link     { return nil }
func (unusable) waits() bool       { return true }
func (unusable) enter(*run) string { return "" }
