package gateway

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestClientAddress(t *testing.T) {
	var proxies Networks
	if err := proxies.UnmarshalText([]byte("10.0.0.0/8, 127.0.0.1,fd00::/8")); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"direct":                             {"203.0.113.7:1234", nil, "203.0.113.7"},
		"direct, and lies":                   {"203.0.113.7:1234", []string{"198.51.100.1"}, "203.0.113.7"},
		"one proxy":                          {"10.1.2.3:80", []string{"203.0.113.7"}, "203.0.113.7"},
		"one proxy, and lies":                {"10.1.2.3:80", []string{"198.51.100.1, 203.0.113.7"}, "203.0.113.7"},
		"two proxies":                        {"127.0.0.1:80", []string{"203.0.113.7, 10.9.9.9"}, "203.0.113.7"},
		"two headers":                        {"127.0.0.1:80", []string{"198.51.100.1", "203.0.113.7"}, "203.0.113.7"},
		"nonsense before":                    {"10.1.2.3:80", []string{"x, 203.0.113.7"}, "203.0.113.7"},
		"only nonsense":                      {"10.1.2.3:80", []string{"unknown"}, "10.1.2.3"},
		"a health check of a proxy":          {"10.1.2.3:80", nil, "10.1.2.3"},
		"only proxies":                       {"10.1.2.3:80", []string{"10.0.0.1, 10.0.0.2"}, "10.0.0.1"},
		"IPv4 in IPv6":                       {"[::ffff:10.1.2.3]:80", []string{"::ffff:203.0.113.7"}, "203.0.113.7"},
		"IPv6":                               {"[fd00::1]:80", []string{"2001:db8::7"}, "2001:db8::7"},
		"a proxy that writes ports":          {"10.1.2.3:80", []string{"203.0.113.7:51034, 10.9.9.9:80"}, "203.0.113.7"},
		"ports of IPv6":                      {"10.1.2.3:80", []string{"[2001:db8::7]:51034"}, "2001:db8::7"},
		"brackets without a port":            {"10.1.2.3:80", []string{"[2001:db8::7]"}, "2001:db8::7"},
		"a zone does not make another place": {"[fe80::1%eth0]:80", nil, "fe80::1"},
	} {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/", nil)
		r.RemoteAddr = tt.remote
		r.Header["X-Forwarded-For"] = tt.forwarded
		if got := proxies.client(r).String(); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestNetworksText(t *testing.T) {
	var n Networks
	if err := n.UnmarshalText([]byte("203.0.113.7,2001:db8::/32")); err != nil {
		t.Fatal(err)
	}
	if out, err := n.MarshalText(); err != nil || string(out) != "203.0.113.7/32,2001:db8::/32" {
		t.Errorf("text %q, %v", out, err)
	}
	for _, bad := range []string{"x", "203.0.113.7/24", "203.0.113.0/33", "fe80::1%eth0", "203.0.113.7 203.0.113.8"} {
		if err := n.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is %v, want an error", bad, n)
		}
	}
}

func TestWho(t *testing.T) {
	for in, want := range map[string]string{"203.0.113.7": "203.0.113.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "": ""} {
		if got := who(in); got != want {
			t.Errorf("who(%q) = %q, want %q", in, got, want)
		}
	}
}
