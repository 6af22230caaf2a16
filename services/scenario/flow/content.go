package flow

import "strings"

// content is what message, keyboard and input nodes show.
type content struct {
	id    string
	text  template
	mode  ParseMode
	image *image
}

type image struct {
	url template
	alt template
}

// readContent reads text, parse_mode and image.
func readContent(o *object, id string) content {
	c := content{id: id, text: o.template("text", MaxText)}
	switch mode := ParseMode(o.text("parse_mode", maxName)); mode {
	case Plain, HTML, Markdown:
		c.mode = mode
	default:
		o.problem("parse_mode", `expected "HTML" or "Markdown" or no such field, got %q`, mode)
	}
	c.image = readImage(o)
	return c
}

// readImage reads the field image, or nil.
func readImage(o *object) *image {
	i := o.child("image")
	if i == nil {
		return nil
	}
	i.require("url", "where the picture is")
	read := &image{url: i.picture("url"), alt: i.template("alt", MaxText)}
	i.done("an image")
	return read
}

// show adds the picture and the text.
func (c content) show(r *run) {
	c.showImage(r)
	c.say(r, c.text)
}

func (c content) showImage(r *run) {
	if c.image == nil {
		return
	}
	if u := renderPicture(r, c.image.url); u != "" {
		r.act(Image{Node: c.id, URL: u, Alt: c.image.alt.render(r, asIs, MaxText)})
	}
}

// say adds a text in the content's parse mode, unless nothing of it is visible.
func (c content) say(r *run, text template) {
	if s := c.render(r, text); s != "" {
		r.act(Say{Node: c.id, Text: s, Mode: c.mode})
	}
}

// render fills a text in; a blank one is "".
func (c content) render(r *run, text template) string {
	s := text.render(r, escapingOf(c.mode), MaxText)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s
}

// orText is an answer to a wrong answer, or the question itself if nothing of that is visible.
func (c content) orText(r *run, retry template) template {
	if c.render(r, retry) == "" {
		return c.text
	}
	return retry
}

// requireWords reports a question that might be nothing but missing values, and so be silence.
func (c content) requireWords(o *object) {
	if len(c.text) > 0 && !c.text.hasWords() {
		o.problem("text", "may turn out empty: expected words besides the placeholders, or one with a default such as {{name|there}}")
	}
}

// template reads a text with placeholders of at most limit characters.
func (o *object) template(name string, limit int) template {
	t, err := parseTemplate(o.text(name, limit))
	if err != nil {
		o.problem(name, "%v", err)
	}
	return t
}

// requireText reports a text that is missing or blank; use says what it is for.
func (o *object) requireText(name, use string) {
	o.require(name, use)
	if o.has(name) && o.isBlank(name) {
		o.problem(name, "is empty: %s", use)
	}
}

// isBlank reports whether a text is missing or blank.
func (o *object) isBlank(name string) bool {
	return !o.has(name) || o.isString(name) && strings.TrimSpace(decode[string](o.fields[name])) == ""
}
