package gateway

import (
	"flag"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/switchboard-chat/switchboard/services/gateway/limit"
	"github.com/switchboard-chat/switchboard/services/gateway/preview"
	"github.com/switchboard-chat/switchboard/services/gateway/transcript"
)

const maxFrame = 64 << 10 // the longest frame of a visitor, in bytes

// Config is how a gateway works. The zero value of a field means its default.
type Config struct {
	PublicURL      string        // origin under which browsers reach the gateway; empty = as they say
	TrustedProxies Networks      // whose X-Forwarded-For is believed; none
	PingInterval   time.Duration // of sockets; 25 s
	PingTimeout    time.Duration // of sockets; 20 s
	BodyTime       time.Duration // for the body of a request for a token to come; 10 s
	AllowEIO3      bool          // serve clients of socket.io-client 2, too
	Advertise      string        // host:port under which other gateways reach this one; empty = there are none

	// How often this gateway lets something happen.
	Messages      limit.Rate // what a visitor does, in all tabs; 5/20
	Connects      limit.Rate // tokens and connections of an address; 20/400
	Conversations limit.Rate // new conversations of an address; 1/60
	BotMessages   limit.Rate // what all visitors of a bot do; 500/2000
	Uploads       limit.Rate // uploads of a visitor; 0.2/10
	BotUploads    limit.Rate // uploads of all visitors of a bot; 5/50
	Attack        limit.Rate // newcomers of a bot, beyond which it is under attack; 20/200

	Previews limit.Rate // links that a visitor has looked at; ten times as many for an address; 1/30

	PreviewNetworks preview.Networks  // where linked pages may be beside the public internet; none
	Mail            transcript.Config // through what conversations are sent; without a URL they are not

	UploadAge  time.Duration // how long an upload waits for a message that names it; 25 h, as widgets give one up after 24
	SweepEvery time.Duration // how often those are deleted that have waited for longer; 10 min

	ClamAV  string // host:port of a virus scanner, whom every upload is shown; empty = none
	GeoIPDB string // file that says where addresses are; empty = none
}

// withDefaults sets the limits that people do not reach: an office of hundreds behind one address may
// come back at once after a restart, but does not begin hundreds of conversations.
func (c Config) withDefaults() Config {
	for _, d := range []struct {
		rate *limit.Rate
		def  limit.Rate
	}{
		{&c.Messages, limit.Rate{PerSecond: 5, Burst: 20}},
		{&c.Connects, limit.Rate{PerSecond: 20, Burst: 400}},
		{&c.Conversations, limit.Rate{PerSecond: 1, Burst: 60}},
		{&c.BotMessages, limit.Rate{PerSecond: 500, Burst: 2000}},
		{&c.Uploads, limit.Rate{PerSecond: 0.2, Burst: 10}},
		{&c.BotUploads, limit.Rate{PerSecond: 5, Burst: 50}},
		{&c.Attack, limit.Rate{PerSecond: 20, Burst: 200}},
		{&c.Previews, limit.Rate{PerSecond: 1, Burst: 30}},
	} {
		if *d.rate == (limit.Rate{}) {
			*d.rate = d.def
		}
	}
	for _, d := range []struct {
		value *time.Duration
		def   time.Duration
	}{{&c.BodyTime, 10 * time.Second}, {&c.UploadAge, 25 * time.Hour}, {&c.SweepEvery, 10 * time.Minute}} {
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	return c
}

// Flags declares the settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.StringVar(&c.PublicURL, "public-url", "", "`origin` under which browsers reach the gateway, such as https://chat.example.com; empty means whatever Host they ask for")
	fs.TextVar(&c.TrustedProxies, "trusted-proxies", c.TrustedProxies, "`addresses` or ranges of the proxies before the gateway, separated by commas: their X-Forwarded-For is believed")
	d := c.withDefaults()
	fs.TextVar(&c.Messages, "limit-messages", d.Messages, "what a visitor may do: how many a second, and how many at once; 0 = no limit")
	fs.TextVar(&c.Connects, "limit-connects", d.Connects, "tokens and connections of one address")
	fs.TextVar(&c.Conversations, "limit-conversations", d.Conversations, "new conversations of one address")
	fs.TextVar(&c.BotMessages, "limit-bot-messages", d.BotMessages, "what all visitors of one bot may do, at one gateway")
	fs.TextVar(&c.Uploads, "limit-uploads", d.Uploads, "files that a visitor may upload")
	fs.TextVar(&c.BotUploads, "limit-bot-uploads", d.BotUploads, "files that all visitors of one bot may upload, at one gateway")
	fs.TextVar(&c.Previews, "limit-previews", d.Previews, "links that a visitor may have looked at; ten times as many for one address")
	fs.TextVar(&c.PreviewNetworks, "link-preview-networks", c.PreviewNetworks, "`ranges` of addresses where linked pages are looked at although they are not public, such as 10.0.0.0/8 of an intranet, separated by commas; empty = none")
	fs.StringVar(&c.Mail.URL, "smtp-url", "", "`URL` of the mail server through which visitors are sent their conversations, smtp://user:password@host:port or smtps://…; best by the variable, as it has a password; empty = they are not sent")
	fs.StringVar(&c.Mail.From, "mail-from", "", "sender of these mails, an `address` such as \"Shop <chat@example.com>\"")
	fs.TextVar(&c.Attack, "attack-rate", d.Attack, "new conversations of one bot, at one gateway, beyond which it is under attack: newcomers of bots that say so solve a puzzle then; 0 = never")
	fs.StringVar(&c.ClamAV, "clamav", "", "`address` (host:port) of a ClamAV that every upload is shown, and without whose word none is taken; empty = none")
	fs.StringVar(&c.GeoIPDB, "geoip-db", "", "`file` in MaxMind's format, such as GeoLite2-City.mmdb, that says where visitors' addresses are, for bots with recognize_user_meta; read again when it changes; empty = none")
	fs.DurationVar(&c.PingInterval, "ping-interval", 25*time.Second, "how often sockets are pinged")
	fs.BoolVar(&c.AllowEIO3, "allow-eio3", false, "serve clients of Engine.IO revision 3, which is socket.io-client 2, too")
	fs.DurationVar(&c.PingTimeout, "ping-timeout", 20*time.Second, "how long a socket may take to answer a ping")
}

func (c *Config) validate() error {
	if _, _, err := net.SplitHostPort(c.ClamAV); c.ClamAV != "" && err != nil {
		return fmt.Errorf("-clamav %q: want host:port, such as clamav:3310", c.ClamAV)
	}
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Scheme+"://"+u.Host != c.PublicURL {
		return fmt.Errorf("-public-url %q: want an origin, such as https://chat.example.com", c.PublicURL)
	}
	return nil
}
