// Package challenge makes newcomers pay for a conversation with a little work of their computer, which one
// visitor hardly notices and a flood of them does. It does no I/O.
package challenge

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Why a solution is not taken. Whoever gets one of the first four may try another challenge.
var (
	ErrInvalid = errors.New("not a solution of a challenge of this server's, for this bot and site")
	ErrExpired = errors.New("the challenge has expired")
	ErrWrong   = errors.New("the hash has not enough zero bits")
	ErrUsed    = errors.New("the challenge was used before")
	ErrBusy    = errors.New("too many challenges are being solved")
)

// Lifetime is how long a challenge can be solved.
const Lifetime = 2 * time.Minute

// How many bits are asked for: 16 thousand to a million hashes.
const (
	MinDifficulty = 14
	MaxDifficulty = 20
)

const (
	// A nonce is 8 random bytes, 4 of the time of expiry, the difficulty and the mark: 34 characters, so that
	// all that is hashed fits into one block.
	headLength = 8 + 4 + 1
	markLength = 12
	maxCounter = 16      // digits
	maxUsed    = 100_000 // solved within one lifetime
	sweepEvery = time.Second
)

// Challenge is what is asked of a client: a counter, so that SHA-256("<nonce>:<counter>") begins with that
// many zero bits.
type Challenge struct {
	Nonce      string
	Difficulty int
}

// Issuer makes challenges and checks their solutions, each once. All issuers with one key take each other's.
// It is safe for concurrent use; make it with [New].
type Issuer struct {
	key []byte

	mu    sync.Mutex
	max   int
	used  map[[headLength]byte]time.Time // until when it would be good
	swept time.Time                      // the last time that what has expired was looked for
}

// New returns an issuer that has seen no solution yet.
func New(key []byte) *Issuer {
	return &Issuer{key: key, max: maxUsed, used: map[[headLength]byte]time.Time{}}
}

// Issue makes a challenge for a newcomer of the bot from the site.
func (i *Issuer) Issue(bot, site string, difficulty int, now time.Time) Challenge {
	head := make([]byte, 8, headLength+markLength)
	_, _ = rand.Read(head)                                                       // never fails
	head = binary.BigEndian.AppendUint32(head, uint32(now.Add(Lifetime).Unix())) //nolint:gosec // until 2106
	head = append(head, byte(difficulty))                                        //nolint:gosec // at most 20
	return Challenge{base64.RawURLEncoding.EncodeToString(append(head, i.mark(head, bot, site)...)), difficulty}
}

func (i *Issuer) mark(head []byte, bot, site string) []byte {
	h := hmac.New(sha256.New, i.key)
	h.Write(fmt.Appendf(nil, "%d:%s%d:%s", len(bot), bot, len(site), site))
	h.Write(head)
	return h.Sum(nil)[:markLength]
}

// Check takes a solution, "<nonce>:<counter>", if it is one for the bot and the site, and has not been taken
// before. It fails with one of the errors of this package.
func (i *Issuer) Check(solution, bot, site string, now time.Time) error {
	nonce, counter, _ := strings.Cut(solution, ":")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(nonce)
	// The decoder skips line breaks, so without this there would be two spellings of one nonce.
	if err != nil || len(raw) != headLength+markLength || strings.ContainsAny(nonce, "\r\n") || !isCounter(counter) {
		return ErrInvalid
	}
	head := [headLength]byte(raw)
	if !hmac.Equal(raw[headLength:], i.mark(head[:], bot, site)) {
		return ErrInvalid
	}
	expires := time.Unix(int64(binary.BigEndian.Uint32(head[8:])), 0)
	if !now.Before(expires) {
		return ErrExpired
	}
	if zeros(sha256.Sum256([]byte(solution))) < int(head[headLength-1]) {
		return ErrWrong
	}
	return i.use(head, expires, now)
}

// use remembers what has been solved for as long as it would be good.
func (i *Issuer) use(head [headLength]byte, expires, now time.Time) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, ok := i.used[head]; ok {
		return ErrUsed
	}
	if len(i.used) >= i.max && now.Sub(i.swept) >= sweepEvery { // a solution that is not taken can come again and again
		i.swept = now
		for h, until := range i.used {
			if !now.Before(until) {
				delete(i.used, h)
			}
		}
	}
	if len(i.used) >= i.max {
		return ErrBusy
	}
	i.used[head] = expires
	return nil
}

// isCounter reports whether s is a number as it is written, so that a solution has one spelling.
func isCounter(s string) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && len(s) <= maxCounter && strconv.FormatUint(n, 10) == s
}

func zeros(sum [sha256.Size]byte) int {
	n := 0
	for _, b := range sum {
		n += bits.LeadingZeros8(b)
		if b != 0 {
			break
		}
	}
	return n
}
