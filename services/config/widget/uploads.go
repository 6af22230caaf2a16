package widget

import (
	"fmt"
	"slices"
	"strings"

	"github.com/switchboard-chat/switchboard/internal/media"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

const (
	minUpload = 1 << 10
	maxUpload = 25 << 20
)

func (v *checker) uploads(u *configv1.UploadSettings) {
	if n := u.GetMaxBytes(); n != 0 && (n < minUpload || n > maxUpload) {
		v.Add("uploads.max_bytes", "expected %d to %d, or 0 for the default", minUpload, maxUpload)
	}
	if n := len(media.Types()); len(u.GetTypes()) > n {
		v.Add("uploads.types", "%d entries, expected at most %d", len(u.GetTypes()), n)
		return
	}
	for i, t := range u.GetTypes() {
		field := fmt.Sprintf("uploads.types[%d]", i)
		switch at := slices.Index(u.GetTypes(), t); {
		case !media.Known(t):
			v.Add(field, "%.60q, expected one of %s", t, strings.Join(media.Types(), ", "))
		case at != i:
			v.Add(field, "is the same as uploads.types[%d]: list every type once", at)
		}
	}
}
