package config

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/config/invalid"
	"github.com/switchboard-chat/switchboard/services/config/password"
)

const (
	maxEmail = 254
	maxName  = 100
	maxBots  = 50 // so that they fit into an access token
)

// userProblems lists what is wrong with a new user, whose e-mail is in its normal form.
func userProblems(u *configv1.User) invalid.Problems {
	var problems invalid.Problems
	if !isEmail(u.GetEmail()) {
		problems.Add("user.email", "expected an e-mail address such as ann@example.com")
	}
	problems = append(problems, nameProblems("user.name", u.GetName())...)
	switch u.GetRole() {
	case configv1.Role_ROLE_OPERATOR, configv1.Role_ROLE_SUPERVISOR, configv1.Role_ROLE_ADMIN:
	case configv1.Role_ROLE_INTEGRATOR:
		problems.Add("user.role", "integrator is for machines: make an API key")
	default:
		problems.Add("user.role", "expected operator, supervisor or admin")
	}
	return append(problems, botsProblems("user.bots", u.GetRole(), u.GetBots())...)
}

// keyProblems lists what is wrong with a new key.
func keyProblems(r *configv1.CreateApiKeyRequest) invalid.Problems {
	problems := nameProblems("name", r.GetName())
	switch r.GetRole() {
	case configv1.Role_ROLE_OPERATOR, configv1.Role_ROLE_SUPERVISOR, configv1.Role_ROLE_ADMIN, configv1.Role_ROLE_INTEGRATOR:
	default:
		problems.Add("role", "expected integrator, operator, supervisor or admin")
	}
	return append(problems, botsProblems("bots", r.GetRole(), r.GetBots())...)
}

func nameProblems(field, name string) invalid.Problems {
	if strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, unicode.IsControl) {
		return invalid.Problems{{Field: field, Rule: fmt.Sprintf("expected 1 to %d characters on one line", maxName)}}
	}
	return nil
}

// botsProblems checks the bots that somebody works with; none means all.
func botsProblems(field string, role configv1.Role, bots []string) invalid.Problems {
	switch {
	case len(bots) > maxBots:
		return invalid.Problems{{Field: field, Rule: fmt.Sprintf("%d bots, expected at most %d, or none for all", len(bots), maxBots)}}
	case len(bots) > 0 && role == configv1.Role_ROLE_ADMIN:
		// An administrator makes users and keys, so a limit would limit nothing.
		return invalid.Problems{{Field: field, Rule: "expected none: an administrator works with all bots"}}
	}
	var problems invalid.Problems
	seen := make(map[string]bool, len(bots))
	for i, b := range bots {
		if seen[b] {
			problems.Add(fmt.Sprintf("%s[%d]", field, i), "listed twice")
		}
		seen[b] = true
	}
	return problems
}

func passwordProblems(p string) invalid.Problems {
	if len(p) < password.Min || len(p) > password.Max {
		return invalid.Problems{{Field: "password", Rule: fmt.Sprintf("expected %d to %d bytes", password.Min, password.Max)}}
	}
	return nil
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= maxEmail && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r)
	})
}
