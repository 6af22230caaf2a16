// Package wire is the JSON that the gateway and the widget exchange; docs/protocol.md §3 describes
// it. It does no I/O.
package wire

import (
	"encoding/json"
	"fmt"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// message is a stored event as a client sees it.
type message struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	Author     string `json:"author"`
	AuthorID   string `json:"author_id,omitempty"`
	AuthorName string `json:"author_name,omitempty"`
	Time       string `json:"time"`
	ReplyTo    string `json:"reply_to,omitempty"`
	Offset     string `json:"offset,omitempty"`

	Text         string   `json:"text,omitempty"`
	ParseMode    string   `json:"parse_mode,omitempty"`
	ActionBody   string   `json:"action_body,omitempty"`
	Alias        string   `json:"alias,omitempty"`
	LanguageCode string   `json:"language_code,omitempty"`
	PageURL      string   `json:"page_url,omitempty"`
	URL          string   `json:"url,omitempty"`
	Alt          string   `json:"alt,omitempty"`
	Width        uint32   `json:"width,omitempty"`
	Height       uint32   `json:"height,omitempty"`
	Caption      string   `json:"caption,omitempty"`
	Name         string   `json:"name,omitempty"`
	Size         uint64   `json:"size,omitempty"`
	ContentType  string   `json:"content_type,omitempty"`
	Buttons      []button `json:"buttons,omitempty"`
	Owner        *Owner   `json:"owner,omitempty"`
	Reason       string   `json:"reason,omitempty"`
	Epoch        uint64   `json:"epoch,omitempty"`
	Kind         string   `json:"kind,omitempty"`

	Cards  []card            `json:"cards,omitempty"`
	Fields []field           `json:"fields,omitempty"`
	Submit string            `json:"submit,omitempty"`
	Form   string            `json:"form,omitempty"`
	Values map[string]string `json:"values,omitempty"`
	Target string            `json:"target,omitempty"`
}

// button has the reference's names.
type button struct {
	Text       string `json:"Text"`
	ActionType string `json:"ActionType"`
	ActionBody string `json:"ActionBody,omitempty"`
	Columns    uint32 `json:"Columns,omitempty"`
	BgColor    string `json:"BgColor,omitempty"`
	TextColor  string `json:"TextColor,omitempty"`
}

// Owner is who answers, as a client sees it.
type Owner struct {
	Kind string `json:"kind"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// NewOwner is o as a client sees it; nil means the bot.
func NewOwner(o *chatv1.Owner) Owner {
	switch o.GetKind() {
	case chatv1.OwnerKind_OWNER_KIND_QUEUE:
		return Owner{Kind: "queue"}
	case chatv1.OwnerKind_OWNER_KIND_OPERATOR:
		return Owner{Kind: "operator", ID: o.GetOperatorId(), Name: o.GetOperatorName()}
	}
	return Owner{Kind: "bot"}
}

// TimeFormat is RFC 3339 in UTC, to the millisecond.
const TimeFormat = "2006-01-02T15:04:05.000Z"

// EncodeMessage is a stored event as JSON. The epoch of an owner event is its sequence.
func EncodeMessage(m *chatv1.Message, sequence uint64) ([]byte, error) {
	w := message{
		ID: m.GetId(), Author: author(m.GetAuthor()), AuthorID: m.GetAuthorId(), AuthorName: m.GetAuthorName(),
		Time: m.GetTime().AsTime().UTC().Format(TimeFormat), ReplyTo: m.GetReplyTo(), Offset: m.GetOffset(),
	}
	if err := w.fill(m, sequence); err != nil {
		return nil, err
	}
	return json.Marshal(w)
}

func (w *message) fill(m *chatv1.Message, sequence uint64) error {
	switch b := m.GetBody().(type) {
	case *chatv1.Message_Start:
		w.Type, w.LanguageCode, w.PageURL = "start", b.Start.GetLanguage(), b.Start.GetPageUrl()
	case *chatv1.Message_Text:
		w.Type, w.Text, w.ParseMode = "text", b.Text.GetText(), parseMode(b.Text.GetParseMode())
	case *chatv1.Message_Button:
		w.Type, w.Text, w.ActionBody = "button", b.Button.GetText(), b.Button.GetActionBody()
	case *chatv1.Message_Alias:
		w.Type, w.Alias = "alias", b.Alias.GetAlias()
	case *chatv1.Message_ParamsChanged:
		w.Type = "params"
	case *chatv1.Message_Image:
		w.Type, w.URL, w.Alt, w.Caption = "image", b.Image.GetUrl(), b.Image.GetAlt(), b.Image.GetCaption()
		w.Width, w.Height = b.Image.GetWidth(), b.Image.GetHeight()
	case *chatv1.Message_File:
		w.Type, w.URL, w.Name, w.Size, w.ContentType = "file", b.File.GetUrl(), b.File.GetName(), b.File.GetSize(), b.File.GetContentType()
	case *chatv1.Message_Keyboard:
		w.Type = "keyboard"
		w.keyboard(b.Keyboard)
	case *chatv1.Message_InlineKeyboard:
		w.Type = "inline_keyboard"
		w.keyboard(b.InlineKeyboard)
	case *chatv1.Message_OwnerChange:
		o := NewOwner(b.OwnerChange.GetOwner())
		w.Type, w.Owner, w.Reason, w.Epoch = "owner", &o, reason(b.OwnerChange.GetReason()), sequence
	case *chatv1.Message_End:
		w.Type, w.Reason = "end", b.End.GetReason()
	case *chatv1.Message_SystemEvent:
		w.Type, w.Kind, w.Text = "system", b.SystemEvent.GetKind(), b.SystemEvent.GetText()
	case *chatv1.Message_Cards:
		w.Type, w.Cards = "cards", cards(b.Cards)
	case *chatv1.Message_Form:
		w.Type = "form"
		w.form(b.Form)
	case *chatv1.Message_FormAnswer:
		w.Type, w.Form, w.Values, w.Text = "form_answer", b.FormAnswer.GetForm(), b.FormAnswer.GetValues(), b.FormAnswer.GetText()
	case *chatv1.Message_Edit:
		w.Type, w.Target = "edit", b.Edit.GetMessage()
		w.Text, w.ParseMode = b.Edit.GetText().GetText(), parseMode(b.Edit.GetText().GetParseMode())
	case *chatv1.Message_Deletion:
		w.Type, w.Target = "delete", b.Deletion.GetMessage()
	case *chatv1.Message_Seen:
		w.Type, w.Target = "seen", b.Seen.GetMessage()
	default:
		return fmt.Errorf("message %s: unknown body %T", m.GetId(), b)
	}
	return nil
}

func (w *message) keyboard(k *chatv1.Keyboard) {
	w.Text, w.ParseMode, w.Buttons = k.GetText(), parseMode(k.GetParseMode()), buttons(k.GetButtons())
}

func buttons(from []*chatv1.Button) []button {
	shown := make([]button, len(from))
	for i, b := range from {
		shown[i] = button{
			Text: b.GetText(), ActionType: actionType(b.GetActionType()), ActionBody: b.GetActionBody(),
			Columns: b.GetColumns(), BgColor: b.GetBgColor(), TextColor: b.GetTextColor(),
		}
	}
	return shown
}

func author(a chatv1.Author) string {
	switch a {
	case chatv1.Author_AUTHOR_VISITOR:
		return "visitor"
	case chatv1.Author_AUTHOR_BOT:
		return "bot"
	case chatv1.Author_AUTHOR_OPERATOR:
		return "operator"
	}
	return "system"
}

func parseMode(p chatv1.ParseMode) string {
	switch p {
	case chatv1.ParseMode_PARSE_MODE_HTML:
		return "HTML"
	case chatv1.ParseMode_PARSE_MODE_MARKDOWN:
		return "Markdown"
	}
	return ""
}

func actionType(a chatv1.ActionType) string {
	switch a {
	case chatv1.ActionType_ACTION_TYPE_OPEN_URL:
		return "open-url"
	case chatv1.ActionType_ACTION_TYPE_NONE:
		return "none"
	}
	return "reply"
}

func reason(r chatv1.OwnerReason) string {
	switch r {
	case chatv1.OwnerReason_OWNER_REASON_CONNECT:
		return "connect"
	case chatv1.OwnerReason_OWNER_REASON_TAKEN:
		return "taken"
	case chatv1.OwnerReason_OWNER_REASON_TRANSFERRED:
		return "transferred"
	case chatv1.OwnerReason_OWNER_REASON_CLOSED:
		return "closed"
	case chatv1.OwnerReason_OWNER_REASON_CLOSED_BY_VISITOR:
		return "closed_by_visitor"
	case chatv1.OwnerReason_OWNER_REASON_TIMEOUT:
		return "timeout"
	case chatv1.OwnerReason_OWNER_REASON_RENEWED:
		return "renewed"
	}
	return ""
}

// Session is the payload of a session event.
type Session struct {
	Token        string `json:"token,omitempty"`
	Conversation string `json:"conversation"`
	Visitor      string `json:"visitor"`
	Generation   string `json:"generation"`
	Resumed      bool   `json:"resumed"`
	Owner        Owner  `json:"owner"`
	Epoch        uint64 `json:"epoch"`
}

// History is the payload of a history event and, with OK, of the answer to one.
type History struct {
	OK       bool              `json:"ok,omitempty"`
	Messages []json.RawMessage `json:"messages"`
	HasMore  bool              `json:"has_more"`
}

// Uploaded is the answer to an upload: what the message that names it will say.
type Uploaded struct {
	ID          string `json:"id"`
	Type        string `json:"type"` // of the message: image or file
	URL         string `json:"url"`
	Name        string `json:"name"`
	Size        int64  `json:"size"`
	ContentType string `json:"content_type"`
	Width       uint32 `json:"width,omitempty"`
	Height      uint32 `json:"height,omitempty"`
}

// Accepted is the answer to a message that the log has stored.
type Accepted struct {
	OK        bool   `json:"ok"`
	Offset    string `json:"offset"`
	ID        string `json:"id"`
	Duplicate bool   `json:"duplicate,omitempty"`
}

// Refused is the answer to a frame that was refused.
type Refused struct {
	OK    bool     `json:"ok"`
	Error *Problem `json:"error"`
}

// Codes of problems.
const (
	BadRequest      = "bad_request"
	TooLarge        = "too_large"
	RateLimited     = "rate_limited"
	Blocked         = "blocked"
	IdentityInvalid = "identity_invalid"
	IdentityExpired = "identity_expired"
	ParamsInvalid   = "params_invalid"
	ParamsExpired   = "params_expired"
	Unavailable     = "unavailable"
	TokenMissing    = "token_missing"
	TokenInvalid    = "token_invalid"
	TokenExpired    = "token_expired"
	TokenRevoked    = "token_revoked"
	BotUnknown      = "bot_unknown"
	OriginForbidden = "origin_forbidden"
	UploadsOff      = "uploads_off"
	TypeForbidden   = "type_forbidden"
	Infected        = "infected"
	Challenge       = "challenge"
)

// A Problem says why something was refused, and which field was wrong.
type Problem struct {
	Code       string `json:"code"`
	Message    string `json:"message"`
	Field      string `json:"field,omitempty"`
	RetryAfter int64  `json:"retry_after_ms,omitempty"`

	Challenge *Puzzle `json:"challenge,omitempty"` // with the code of that name
}

// Puzzle asks for a counter, so that SHA-256("<nonce>:<counter>") begins with as many zero bits as difficulty says.
type Puzzle struct {
	Nonce      string `json:"nonce"`
	Difficulty int    `json:"difficulty"`
}

// Error implements error.
func (p *Problem) Error() string {
	if p.Field != "" {
		return p.Code + ": " + p.Field + ": " + p.Message
	}
	return p.Code + ": " + p.Message
}
