package gateway

import (
	"flag"
	"fmt"
	"net/url"
	"time"
)

const maxFrame = 64 << 10 // the longest frame of a visitor, in bytes

// Config is how a gateway works. The zero value is good.
type Config struct {
	PublicURL    string        // origin under which browsers reach the gateway; empty = as they say
	PingInterval time.Duration // of sockets; 25 s
	PingTimeout  time.Duration // of sockets; 20 s
	AllowEIO3    bool          // serve clients of socket.io-client 2, too
	Advertise    string        // host:port under which other gateways reach this one; empty = there are none
}

// Flags declares the settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.StringVar(&c.PublicURL, "public-url", "", "`origin` under which browsers reach the gateway, such as https://chat.example.com; empty means whatever Host they ask for")
	fs.DurationVar(&c.PingInterval, "ping-interval", 25*time.Second, "how often sockets are pinged")
	fs.BoolVar(&c.AllowEIO3, "allow-eio3", false, "serve clients of Engine.IO revision 3, which is socket.io-client 2, too")
	fs.DurationVar(&c.PingTimeout, "ping-timeout", 20*time.Second, "how long a socket may take to answer a ping")
}

func (c *Config) validate() error {
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Scheme+"://"+u.Host != c.PublicURL {
		return fmt.Errorf("-public-url %q: want an origin, such as https://chat.example.com", c.PublicURL)
	}
	return nil
}
