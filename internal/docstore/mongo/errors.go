package mongo

import (
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

// What a server answers to an update that the document does not allow.
const (
	badValue         = 2     // $push to what is no array, $inc past 64 bits
	typeMismatch     = 14    // $inc of what is no number
	pathNotViable    = 28    // a path through what is no document
	tooLarge         = 10334 // BSONObjectTooLarge
	tooLargeByUpdate = 17419
)

// What DocumentDB on PostgreSQL, which FerretDB serves, answers to findAndModify instead of a
// duplicate key error.
const (
	postgresUnique    = "duplicate key value violates unique constraint"
	postgresExclusion = "conflicting key value violates exclusion constraint"
)

// translate gives an error of the server the sentinel of docstore that it means.
func translate(err error) error {
	var e mongo.ServerError
	switch {
	case !errors.As(err, &e):
		return err
	case mongo.IsDuplicateKeyError(err) || e.HasErrorMessage(postgresUnique) || e.HasErrorMessage(postgresExclusion):
		// MongoDB's text goes on with the values, which are not for the logs.
		text, _, _ := strings.Cut(err.Error(), "dup key")
		return fmt.Errorf("%w: %s", docstore.ErrDuplicate, strings.TrimSpace(text))
	case e.HasErrorCode(tooLarge) || e.HasErrorCode(tooLargeByUpdate):
		return fmt.Errorf("%w: %w", docstore.ErrInvalid, err)
	}
	return err
}

// translateUpdate is translate for an update, of which everything that does not depend on the
// document has been checked before it was sent.
func translateUpdate(err error) error {
	var e mongo.ServerError
	if errors.As(err, &e) && (e.HasErrorCode(badValue) || e.HasErrorCode(typeMismatch) || e.HasErrorCode(pathNotViable)) {
		return fmt.Errorf("%w: %w", docstore.ErrType, err)
	}
	return translate(err)
}
