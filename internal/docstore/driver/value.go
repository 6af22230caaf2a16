package driver

import (
	"fmt"
	"math"
	"reflect"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

// value turns v into what a field of kind k holds: string, int64, float64, bool or bson.DateTime.
func value(k docstore.Kind, v any) (any, error) {
	switch x := v.(type) { // the common ones, without an allocation
	case string:
		if k == docstore.String && utf8.ValidString(x) {
			return x, nil
		}
	case int64:
		if k == docstore.Int {
			return x, nil
		}
	case time.Time:
		if k == docstore.Time {
			return bson.NewDateTimeFromTime(x), nil
		}
	}
	raw, err := encode(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", docstore.ErrType, err)
	}
	return rawValue(k, raw)
}

// encode is bson.MarshalValue, which has no encoder for nil.
func encode(v any) (bson.RawValue, error) {
	if v == nil {
		return bson.RawValue{Type: bson.TypeNull}, nil
	}
	t, b, err := bson.MarshalValue(v)
	return bson.RawValue{Type: t, Value: b}, err
}

func rawValue(k docstore.Kind, v bson.RawValue) (any, error) {
	switch k {
	case docstore.String:
		if s, ok := v.StringValueOK(); ok {
			if !utf8.ValidString(s) {
				return nil, fmt.Errorf("%w: it is not valid UTF-8", docstore.ErrType)
			}
			return s, nil
		}
	case docstore.Int:
		if v.Type == bson.TypeInt32 || v.Type == bson.TypeInt64 {
			return v.AsInt64(), nil
		}
	case docstore.Float:
		if f, ok := v.DoubleOK(); ok {
			if math.IsNaN(f) {
				return nil, fmt.Errorf("%w: NaN has no place in an order", docstore.ErrType)
			}
			return f, nil
		}
	case docstore.Bool:
		if b, ok := v.BooleanOK(); ok {
			return b, nil
		}
	case docstore.Time:
		if t, ok := v.DateTimeOK(); ok {
			return bson.DateTime(t), nil
		}
	}
	return nil, fmt.Errorf("%w: it is a BSON %s, want %s", docstore.ErrType, v.Type, kindName(k))
}

// values are those of an In: a slice of anything that value takes.
func values(k docstore.Kind, list any) ([]any, error) {
	rv := reflect.ValueOf(list)
	if !rv.IsValid() || rv.Kind() != reflect.Slice {
		return nil, fmt.Errorf("%w: In takes a slice, not %T", docstore.ErrType, list)
	}
	if rv.Len() > MaxDocs {
		return nil, fmt.Errorf("%w: In takes at most %d values, not %d", docstore.ErrInvalid, MaxDocs, rv.Len())
	}
	out := make([]any, rv.Len())
	for i := range out {
		v, err := value(k, rv.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}
