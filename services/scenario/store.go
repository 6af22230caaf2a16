package scenario

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	scenariov1 "github.com/switchboard-chat/switchboard/proto/switchboard/scenario/v1"
)

// maxPublishers bounds how many others may publish for the same bot in the time of one publication.
const maxPublishers = 16

// errContention reports that others kept publishing for the same bot.
var errContention = errors.New("too many publishers of one scenario")

// scenarios is the record of what was published: a document for each version, never changed. The
// newest of a bot is its live one.
type scenarios struct{ docs docstore.Collection }

type scenarioDoc struct {
	ID      string    `bson:"_id"` // <bot>/<version>, so that a version is taken once
	Bot     string    `bson:"bot"`
	Version int64     `bson:"version"`
	At      time.Time `bson:"at"`
	JSON    string    `bson:"json"`
}

func scenarioSchema() docstore.Schema {
	return docstore.Schema{
		Name:    "scenarios",
		Fields:  []docstore.Field{{Name: "bot", Kind: docstore.String}, {Name: "version", Kind: docstore.Int}},
		Indexes: []docstore.Index{{Fields: []string{"bot", "-version"}, Unique: true}},
	}
}

func scenarioID(bot string, version int64) string { return bot + "/" + strconv.FormatInt(version, 10) }

func (d scenarioDoc) proto() *scenariov1.Scenario {
	return &scenariov1.Scenario{Bot: d.Bot, Version: d.Version, Json: d.JSON, PublishedAt: timestamppb.New(d.At)}
}

// add keeps json as the version behind the bot's newest.
func (s *scenarios) add(ctx context.Context, bot, json string) (scenarioDoc, error) {
	for range maxPublishers {
		newest, err := s.newest(ctx, bot)
		if err != nil && !errors.Is(err, docstore.ErrNotFound) {
			return scenarioDoc{}, err
		}
		d, err := s.insert(ctx, bot, newest.Version+1, json)
		if !errors.Is(err, docstore.ErrDuplicate) {
			return d, err
		}
	}
	return scenarioDoc{}, errContention
}

// insert keeps json as this version. [docstore.ErrDuplicate] if it is taken.
func (s *scenarios) insert(ctx context.Context, bot string, version int64, json string) (scenarioDoc, error) {
	d := scenarioDoc{
		ID: scenarioID(bot, version), Bot: bot, Version: version,
		At: time.Now().UTC().Truncate(time.Millisecond), JSON: json,
	}
	if err := s.docs.Insert(ctx, d); err != nil {
		return scenarioDoc{}, fmt.Errorf("keep scenario %s: %w", d.ID, err)
	}
	return d, nil
}

func (s *scenarios) get(ctx context.Context, bot string, version int64) (scenarioDoc, error) {
	d, err := docstore.Get[scenarioDoc](ctx, s.docs, scenarioID(bot, version))
	if err != nil {
		return d, fmt.Errorf("read scenario %s: %w", scenarioID(bot, version), err)
	}
	return d, nil
}

// newest returns the bot's live scenario. [docstore.ErrNotFound] if it has none.
func (s *scenarios) newest(ctx context.Context, bot string) (scenarioDoc, error) {
	found, err := docstore.All[scenarioDoc](ctx, s.docs, docstore.Query{
		Where: []docstore.Cond{{Field: "bot", Op: docstore.Eq, Value: bot}}, Sort: []string{"-version"}, Limit: 1,
	})
	if err != nil {
		return scenarioDoc{}, fmt.Errorf("newest scenario of bot %s: %w", bot, err)
	}
	if len(found) == 0 {
		return scenarioDoc{}, fmt.Errorf("bot %s has no scenario: %w", bot, docstore.ErrNotFound)
	}
	return found[0], nil
}

// behind reports whether the bot has a version after this one. It reads no scenario.
func (s *scenarios) behind(ctx context.Context, bot string, version int64) (bool, error) {
	n, err := s.docs.Count(ctx, []docstore.Cond{
		{Field: "bot", Op: docstore.Eq, Value: bot}, {Field: "version", Op: docstore.Gt, Value: version},
	})
	if err != nil {
		return false, fmt.Errorf("count scenarios of bot %s: %w", bot, err)
	}
	return n > 0, nil
}
