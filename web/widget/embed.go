// Package widget holds the built files of the chat widget.
package widget

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS returns the files of dist: kw.js, frame/index.html, assets/* with hashed names, demo/*, each with
// .gz and .br beside it. It holds only .gitkeep where the web has not been built.
func FS() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path.
	}
	return files
}
