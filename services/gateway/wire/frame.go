package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// Limits of what a visitor may send.
const (
	MaxText       = 4096 // characters
	maxAlias      = 64
	maxURL        = 2048
	maxLanguage   = 35
	maxParams     = 64      // keys
	maxParamsSize = 8 << 10 // bytes of JSON
	maxDepth      = 8       // of nesting in params
)

// Frame is what a visitor does: the first argument of a "message" event.
type Frame struct {
	ID           string          `json:"id"`
	Type         string          `json:"type"`
	Attempt      int             `json:"attempt"`
	ReplyTo      string          `json:"reply_to"`
	Params       json.RawMessage `json:"params_from_site"`
	Text         string          `json:"text"`
	ActionBody   string          `json:"action_body"`
	Alias        string          `json:"alias"`
	LanguageCode string          `json:"language_code"`
	PageURL      string          `json:"page_url"`
	Upload       string          `json:"upload"`

	Form   string            `json:"form"`
	Values map[string]string `json:"values"`
}

// Decode reads JSON into v strictly: UTF-8, no unknown field, no name twice, nothing behind it. The [Problem]
// names the field.
func Decode(data []byte, v any) *Problem {
	if !utf8.Valid(data) {
		return bad("", "not valid UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		var te *json.UnmarshalTypeError
		if errors.As(err, &te) {
			return bad(te.Field, fmt.Sprintf("want %s, got %s", te.Type, te.Value))
		}
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return bad(strings.Trim(name, `"`), "unknown field")
		}
		return bad("", err.Error())
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return bad("", "something follows the JSON object")
	}
	return strict(data)
}

func bad(field, message string) *Problem {
	return &Problem{Code: BadRequest, Field: field, Message: message}
}

// DecodeFrame reads a frame.
func DecodeFrame(data []byte) (Frame, *Problem) {
	var f Frame
	if p := Decode(data, &f); p != nil {
		return Frame{}, p
	}
	return f, nil
}

// Message is the event that the frame asks for, without author, time and parameters. An image or a file
// is empty: the upload that it names says what it is.
func (f Frame) Message(c subject.Conversation) (*chatv1.Message, *Problem) {
	if !subject.IsUUID(f.ID) {
		return nil, bad("id", "want a canonical lower-case UUID")
	}
	if f.ReplyTo != "" && !isMessage(c, f.ReplyTo) {
		return nil, bad("reply_to", "want the id of a message of this conversation")
	}
	m := &chatv1.Message{Id: c.MessageID(f.ID), Bot: c.Bot, Conversation: c.ID, ReplyTo: f.ReplyTo}
	if p := f.unexpected(); p != nil {
		return nil, p
	}
	switch f.Type {
	case "start":
		if p := shorter("language_code", f.LanguageCode, maxLanguage); p != nil {
			return nil, p
		}
		if p := shorter("page_url", f.PageURL, maxURL); p != nil {
			return nil, p
		}
		m.Body = &chatv1.Message_Start{Start: &chatv1.Start{Language: Language(f.LanguageCode), PageUrl: f.PageURL}}
	case "text":
		if p := text("text", f.Text); p != nil {
			return nil, p
		}
		m.Body = &chatv1.Message_Text{Text: &chatv1.Text{Text: f.Text}}
	case "button":
		if p := text("text", f.Text); p != nil {
			return nil, p
		}
		if p := shorter("action_body", f.ActionBody, maxURL); p != nil {
			return nil, p
		}
		m.Body = &chatv1.Message_Button{Button: &chatv1.ButtonPress{Text: f.Text, ActionBody: f.ActionBody}}
	case "alias":
		if f.Alias == "" {
			return nil, bad("alias", "want the alias of an entry point")
		}
		if p := shorter("alias", f.Alias, maxAlias); p != nil {
			return nil, p
		}
		m.Body = &chatv1.Message_Alias{Alias: &chatv1.AliasJump{Alias: f.Alias}}
	case "image", "file":
		if !IsUpload(f.Upload) {
			return nil, bad("upload", "want the id of an upload")
		}
		m.Body = &chatv1.Message_File{File: &chatv1.File{}}
		if f.Type == "image" {
			m.Body = &chatv1.Message_Image{Image: &chatv1.Image{}}
		}
	case "form_answer":
		a, p := f.answer(c)
		if p != nil {
			return nil, p
		}
		m.Body = &chatv1.Message_FormAnswer{FormAnswer: a}
	case "params":
		if len(f.Params) == 0 {
			return nil, bad("params_from_site", "want an object")
		}
		m.Body = &chatv1.Message_ParamsChanged{ParamsChanged: &chatv1.ParamsChanged{}}
	case "end":
		m.Body = &chatv1.Message_End{End: &chatv1.End{Reason: "closed by the visitor"}}
	default:
		return nil, bad("type", fmt.Sprintf("unknown type %.40q: want start, text, button, image, file, form_answer, alias, params or end", f.Type))
	}
	return m, nil
}

// uploadID is the shape of an upload's id.
var uploadID = regexp.MustCompile(`^[A-Za-z0-9_-]{32}$`)

// IsUpload reports whether s can be the id of an upload.
func IsUpload(s string) bool { return uploadID.MatchString(s) }

// unexpected finds a field that does not belong to the frame's type.
func (f Frame) unexpected() *Problem {
	for field, is := range map[string]struct{ set, ok bool }{
		"text":          {f.Text != "", f.Type == "text" || f.Type == "button" || f.Type == "form_answer"},
		"action_body":   {f.ActionBody != "", f.Type == "button"},
		"alias":         {f.Alias != "", f.Type == "alias"},
		"language_code": {f.LanguageCode != "", f.Type == "start"},
		"page_url":      {f.PageURL != "", f.Type == "start"},
		"upload":        {f.Upload != "", f.Type == "image" || f.Type == "file"},
		"form":          {f.Form != "", f.Type == "form_answer"},
		"values":        {f.Values != nil, f.Type == "form_answer"},
	} {
		if is.set && !is.ok {
			return bad(field, fmt.Sprintf("does not belong to type %.40q", f.Type))
		}
	}
	return nil
}

func text(field, s string) *Problem {
	switch n := utf8.RuneCountInString(s); {
	case strings.TrimSpace(s) == "":
		return bad(field, "empty")
	case n > MaxText:
		return &Problem{Code: TooLarge, Field: field, Message: fmt.Sprintf("%d characters, at most %d", n, MaxText)}
	}
	return nil
}

func shorter(field, s string, limit int) *Problem {
	if len(s) > limit {
		return &Problem{Code: TooLarge, Field: field, Message: fmt.Sprintf("%d bytes, at most %d", len(s), limit)}
	}
	return nil
}

const paramsField = "params_from_site"

// DecodeParams reads the page's parameters: an object of at most 64 keys and 8 KiB.
// No data is no parameters.
func DecodeParams(data []byte) (map[string]any, *Problem) { return decodeParams(paramsField, data) }

// DecodeTrusted reads the parameters that the site's server has signed, within the same bounds.
func DecodeTrusted(data []byte) (map[string]any, *Problem) { return decodeParams("params_token", data) }

func decodeParams(field string, data []byte) (map[string]any, *Problem) {
	if len(data) == 0 || string(data) == "null" {
		return nil, nil
	}
	if p := shorter(field, string(data), maxParamsSize); p != nil {
		return nil, p
	}
	var params map[string]any
	if err := json.Unmarshal(data, &params); err != nil {
		return nil, bad(field, "want an object")
	}
	if len(params) > maxParams {
		return nil, &Problem{Code: TooLarge, Field: field, Message: fmt.Sprintf("%d keys, at most %d", len(params), maxParams)}
	}
	for k, v := range params {
		if depth(v) > maxDepth {
			return nil, &Problem{Code: TooLarge, Field: field + "." + k, Message: fmt.Sprintf("nested deeper than %d", maxDepth)}
		}
	}
	return params, nil
}

func depth(v any) int {
	d := 0
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			d = max(d, depth(e))
		}
	case []any:
		for _, e := range v {
			d = max(d, depth(e))
		}
	default:
		return 0
	}
	return d + 1
}

// Merge adds changes to params, within the same bounds as one set of parameters.
func Merge(params, changes map[string]any) (map[string]any, *Problem) {
	merged := make(map[string]any, len(params)+len(changes))
	for _, m := range []map[string]any{params, changes} {
		for k, v := range m {
			merged[k] = v
		}
	}
	data, err := json.Marshal(merged)
	if err != nil {
		return nil, bad(paramsField, err.Error())
	}
	return DecodeParams(data)
}

// Over lays what the site's server has signed over what the page says.
func Over(params, trusted map[string]any) map[string]any {
	if len(trusted) == 0 {
		return params
	}
	all := make(map[string]any, len(params)+len(trusted))
	maps.Copy(all, params)
	maps.Copy(all, trusted)
	return all
}

// Struct is params as the log keeps them. None is nil, which an empty set of signed ones is not: see [Trusted].
func Struct(params map[string]any) (*structpb.Struct, *Problem) {
	if len(params) == 0 {
		return nil, nil
	}
	return Trusted(params)
}

// Trusted is what the site's server has signed as the log keeps it: nil if it has signed nothing.
func Trusted(params map[string]any) (*structpb.Struct, *Problem) {
	if params == nil {
		return nil, nil
	}
	s, err := structpb.NewStruct(params)
	if err != nil {
		return nil, bad(paramsField, err.Error())
	}
	return s, nil
}
