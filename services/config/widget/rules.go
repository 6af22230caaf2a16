package widget

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

const (
	maxRules      = 20
	maxRuleText   = 300
	maxRuleURL    = 500
	maxRuleAfter  = 3600 // seconds
	maxRuleScroll = 100  // percent
	maxSnooze     = 8760 // hours
)

var (
	ruleID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)
	// entryAlias is the rule of the aliases of a scenario.
	entryAlias = regexp.MustCompile(`^[A-Za-z_-][A-Za-z0-9_-]{0,63}$`)
)

func (v *checker) rules(rules []*configv1.ProactiveRule) {
	if len(rules) > maxRules {
		v.Add("widget.rules", "%d entries, expected at most %d", len(rules), maxRules)
		return
	}
	first := make(map[string]int, len(rules))
	for i, r := range rules {
		field := fmt.Sprintf("widget.rules[%d]", i)
		v.rule(field, r)
		if at, ok := first[r.GetId()]; ok && r.GetId() != "" {
			v.Add(field+".id", "is the same as that of widget.rules[%d]: every rule has its own", at)
			continue
		}
		first[r.GetId()] = i
	}
}

func (v *checker) rule(field string, r *configv1.ProactiveRule) {
	if !ruleID.MatchString(r.GetId()) {
		v.Add(field+".id", `%.40q, expected 1 to 32 of a-z, A-Z, 0-9, "-" and "_"`, r.GetId())
	}
	v.upTo(field+".after_seconds", r.GetAfterSeconds(), maxRuleAfter)
	v.upTo(field+".scroll_percent", r.GetScrollPercent(), maxRuleScroll)
	v.upTo(field+".snooze_hours", r.GetSnoozeHours(), maxSnooze)
	if u := r.GetUrl(); len(u) > maxRuleURL || !utf8.ValidString(u) || strings.ContainsFunc(u, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		v.Add(field+".url", `expected a pattern without spaces such as "*/checkout*", at most %d bytes, or nothing`, maxRuleURL)
	}
	v.line(field+".text", r.GetText(), maxRuleText)
	if a := r.GetAlias(); a != "" && !entryAlias.MatchString(a) {
		v.Add(field+".alias", `%.80q, expected the alias of an entry: a letter, "_" or "-", then letters, digits, "_" and "-", at most 64; or nothing`, a)
	}
	if r.GetAfterSeconds() == 0 && r.GetScrollPercent() == 0 && !r.GetExitIntent() && r.GetUrl() == "" {
		v.Add(field, "expected at least one of after_seconds, scroll_percent, exit_intent and url")
	}
	if strings.TrimSpace(r.GetText()) == "" && !r.GetOpen() {
		v.Add(field, "expected text to be said, or open")
	}
}

func (v *checker) upTo(field string, n, most uint32) {
	if n > most {
		v.Add(field, "%d, expected 1 to %d, or 0", n, most)
	}
}
