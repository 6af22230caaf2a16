package widget

import (
	"net/url"
	"strings"
	"testing"
)

func TestParseOriginAccepts(t *testing.T) {
	for _, s := range []string{
		"https://shop.example.com", "https://www.example.com", "http://localhost:5173", "http://localhost:3000",
		"http://localhost", "https://example.com:8443", "http://example.com:443", "https://example.com:80",
		"http://127.0.0.1:8080", "http://[::1]:3000", "https://[2001:db8::1]", "https://xn--80ak6aa92e.com",
		"https://a_b.example.com", "https://intranet", "https://1.2.3.4.example", "https://example.com:65535",
	} {
		if err := ParseOrigin(s); err != nil {
			t.Errorf("ParseOrigin(%q) = %v, want nil", s, err)
		}
	}
}

func TestParseOriginSaysRuleAndExample(t *testing.T) {
	const slash, path, query = "remove the slash at the end", "remove the path", "remove the query"
	for s, want := range map[string]struct{ rule, example string }{
		"":                                             {"is empty, expected a full origin", exampleOrigin},
		"example.com":                                  {"start with https:// or http://", "https://example.com"},
		"www.example.com":                              {"start with https:// or http://", "https://www.example.com"},
		"localhost:3000":                               {"start with https:// or http://", "http://localhost:3000"},
		"//example.com/a":                              {"start with https:// or http://", "https://example.com"},
		"mailto:me@example.com":                        {"start with https:// or http://", "https://example.com"},
		"null":                                         {"start with https:// or http://", exampleOrigin},
		"https:/example.com":                           {"start with https:// or http://", exampleOrigin},
		"https://example.com/":                         {slash, "https://example.com"},
		"http://localhost:3000/":                       {slash, "http://localhost:3000"},
		"https://www.example.com/page":                 {path, "https://www.example.com"},
		"https://www.example.com//":                    {path, "https://www.example.com"},
		`https://www.example.com\page`:                 {path, "https://www.example.com"},
		"https://www.example.com/?a=1":                 {path, "https://www.example.com"},
		"https://www.example.com?ref=1":                {query, "https://www.example.com"},
		"https://www.example.com#top":                  {"remove the fragment", "https://www.example.com"},
		"ftp://example.com":                            {"only https:// and http:// work", "https://example.com"},
		"file:///etc/passwd":                           {"only https:// and http:// work", exampleOrigin},
		"*":                                            {"wildcards do not work: list every subdomain by itself", exampleOrigin},
		"https://*.example.com":                        {"wildcards do not work: list every subdomain by itself", "https://www.example.com"},
		"https://Shop.Example.com":                     {"write it in lower case, as browsers send it", "https://shop.example.com"},
		"HTTPS://example.com":                          {"write it in lower case, as browsers send it", "https://example.com"},
		" https://example.com":                         {"has spaces, expected a full origin without any", "https://example.com"},
		"https://exam ple.com":                         {"has spaces, expected a full origin without any", exampleOrigin},
		"https://example.com\n":                        {"has spaces, expected a full origin without any", "https://example.com"},
		"https://me:pw@example.com":                    {"remove the user name and the password", "https://example.com"},
		"https://крамниця.укр":                         {"write an international name in its ASCII form, as browsers send it", "https://xn--80aqejfp0c4d.xn--j1amh"},
		"https://example.com:443":                      {"leave out port 443, which browsers do not send with https", "https://example.com"},
		"http://example.com:80":                        {"leave out port 80, which browsers do not send with http", "http://example.com"},
		"https://example.com:":                         {"the port is a number from 1 to 65535", "https://example.com"},
		"https://example.com:0":                        {"the port is a number from 1 to 65535", "https://example.com"},
		"https://example.com:65536":                    {"the port is a number from 1 to 65535", "https://example.com"},
		"https://example.com:08080":                    {"the port is a number from 1 to 65535", "https://example.com"},
		"https://example.com:x":                        {"the port is a number from 1 to 65535", "https://example.com"},
		"https://":                                     {"the host is missing", exampleOrigin},
		"https://:8080":                                {"the host is missing", exampleOrigin},
		"https://a..b":                                 {`the host is a name of letters, digits and "-" between dots`, exampleOrigin},
		"https://example.com.":                         {`the host is a name of letters, digits and "-" between dots`, exampleOrigin},
		"https://exa%6dple.com":                        {`the host is a name of letters, digits and "-" between dots`, exampleOrigin},
		"https://a:b:80":                               {`the host is a name of letters, digits and "-" between dots`, exampleOrigin},
		"https://1.2.3":                                {"the host is no IPv4 address of four numbers from 0 to 255", exampleOrigin},
		"https://0x7f.1":                               {"the host is no IPv4 address of four numbers from 0 to 255", exampleOrigin},
		"https://a.0x7f":                               {"the host is no IPv4 address of four numbers from 0 to 255", exampleOrigin},
		"https://256.1.1.1":                            {"the host is no IPv4 address of four numbers from 0 to 255", exampleOrigin},
		"https://[0:0:0:0:0:0:0:1]":                    {"the host is no IPv6 address in its short form", exampleOrigin},
		"https://[::1":                                 {"the host is no IPv6 address in its short form", exampleOrigin},
		"https://[1.2.3.4]":                            {"the host is no IPv6 address in its short form", exampleOrigin},
		"https://[fe80::1%eth0]":                       {"the host is no IPv6 address in its short form", exampleOrigin},
		"https://" + strings.Repeat("a", 64):           {`the host is a name of letters, digits and "-" between dots`, exampleOrigin},
		"https://" + strings.Repeat("a.", 130) + "com": {"the host is too long, at most 253 characters", exampleOrigin},
		strings.Repeat("a", 513):                       {"is too long, expected a full origin of at most 512 bytes", exampleOrigin},
	} {
		err := ParseOrigin(s)
		if want := want.rule + ", such as " + want.example; err == nil || err.Error() != want {
			t.Errorf("ParseOrigin(%q)\n got %v\nwant %s", s, err, want)
		}
	}
}

// FuzzParseOrigin: what is accepted is exactly its own scheme and host, and every example is accepted.
func FuzzParseOrigin(f *testing.F) {
	for _, s := range []string{"https://shop.example.com", "http://[::1]:3000", "example.com", "https://крамниця.укр:90/x", "https://*.a.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if e := example(s); brokenRule(e) != "" {
			t.Errorf("the example %q for %q is refused: %s", e, s, brokenRule(e))
		}
		if ParseOrigin(s) != nil {
			return
		}
		u, err := url.Parse(s)
		if err != nil || u.Scheme+"://"+u.Host != s {
			t.Errorf("%q was accepted and is %v, %v", s, u, err)
		}
	})
}

func TestAllowed(t *testing.T) {
	origins := []string{"https://shop.example.com", "http://localhost:5173"}
	for origin, want := range map[string]bool{
		"https://shop.example.com": true, "http://localhost:5173": true,
		"": false, "null": false, "http://shop.example.com": false, "https://shop.example.com:443": false,
		"https://example.com": false, "https://shop.example.com.evil.example": false, "https://SHOP.example.com": false,
	} {
		if got := Allowed(origins, origin); got != want {
			t.Errorf("Allowed(%q) = %v, want %v", origin, got, want)
		}
	}
	if Allowed([]string{""}, "") || Allowed(nil, "https://a.example") {
		t.Error("an empty origin or an empty list allows something")
	}
}
