// Package console holds the built operators' console.
package console

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS returns the built files, index.html at its root and hashed files under assets/, most with
// .br and .gz beside them. It holds no index.html before the console was built.
func FS() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil { // "dist" is a valid path, so fs.Sub has nothing to refuse
		panic(err)
	}
	return files
}
