package former

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/switchboard-chat/switchboard/internal/webfiles"
)

// maxValue is the most bytes that an asset has in the bucket; the largest of today has a sixth of that.
const maxValue = 512 << 10

var errUnsigned = errors.New("its signature is none of ours")

// seal makes what is in the bucket of an asset: an HMAC-SHA-256 over its name and what follows, which is JSON. The same
// asset under the same key is always the same.
func seal(key []byte, name string, b webfiles.Built) ([]byte, error) {
	body, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	if n := sha256.Size + len(body); n > maxValue {
		return nil, fmt.Errorf("has %d bytes in the bucket: want at most %d", n, maxValue)
	}
	return append(sign(key, name, body), body...), nil
}

// unseal returns the asset of that name from what is in the bucket, or says why it is none.
func unseal(keys [][]byte, name string, value []byte) (b webfiles.Built, err error) {
	if len(value) < sha256.Size || len(value) > maxValue {
		return b, fmt.Errorf("it has %d bytes: want %d to %d", len(value), sha256.Size, maxValue)
	}
	signature, body := value[:sha256.Size], value[sha256.Size:]
	for _, key := range keys {
		if hmac.Equal(signature, sign(key, name, body)) {
			err = json.Unmarshal(body, &b)
			return b, err
		}
	}
	return b, errUnsigned
}

func sign(key []byte, name string, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(name)) // has no zero byte
	h.Write([]byte{0})
	h.Write(body)
	return h.Sum(nil)
}
