package driver

import (
	"bytes"
	"math"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// equal reports whether MongoDB takes two values for the same: numbers by their value whatever
// their type, documents by their fields in order, arrays by their items, the rest byte by byte.
func equal(a, b bson.RawValue) bool {
	if number(a) && number(b) {
		return sameNumber(a, b)
	}
	if a.Type != b.Type {
		return false
	}
	switch a.Type {
	case bson.TypeEmbeddedDocument:
		return sameElements(a.Document(), b.Document())
	case bson.TypeArray:
		return sameElements(bson.Raw(a.Array()), bson.Raw(b.Array()))
	default:
		return bytes.Equal(a.Value, b.Value)
	}
}

func sameElements(a, b bson.Raw) bool {
	x, errX := a.Elements()
	y, errY := b.Elements()
	if errX != nil || errY != nil || len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].Key() != y[i].Key() || !equal(x[i].Value(), y[i].Value()) {
			return false
		}
	}
	return true
}

func number(v bson.RawValue) bool {
	return v.Type == bson.TypeInt32 || v.Type == bson.TypeInt64 || v.Type == bson.TypeDouble
}

func sameNumber(a, b bson.RawValue) bool {
	x, xIsFloat := a.DoubleOK()
	y, yIsFloat := b.DoubleOK()
	switch {
	case xIsFloat && yIsFloat:
		return x == y || math.IsNaN(x) && math.IsNaN(y)
	case xIsFloat:
		return isInt(x, b.AsInt64())
	case yIsFloat:
		return isInt(y, a.AsInt64())
	default:
		return a.AsInt64() == b.AsInt64()
	}
}

// isInt compares exactly: float64(n) would round above 2^53, and int64(f) has no meaning above 2^63.
func isInt(f float64, n int64) bool {
	return f >= -1<<63 && f < 1<<63 && f == math.Trunc(f) && int64(f) == n
}
