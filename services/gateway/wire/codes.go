package wire

// Codes of what a bot does not offer, or there is nothing to show of.
const (
	PreviewsOff = "previews_off"
	NoPreview   = "no_preview"
	MailOff     = "mail_off"
	Nothing     = "nothing_said"
)
