package widget

import (
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/form"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// maxFormBytes bounds what every visitor's browser loads of one form.
const maxFormBytes = 16 << 10

func (v *checker) form(field string, f *chatv1.Form) {
	if f == nil {
		return
	}
	problems := form.Check(f)
	for _, p := range problems {
		v.Add(field+"."+p.Field, "%s", p.Rule)
	}
	if n := proto.Size(f); len(problems) == 0 && n > maxFormBytes {
		v.Add(field, "%d bytes, expected at most %d in all", n, maxFormBytes)
	}
}
