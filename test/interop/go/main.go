// Command interop reads a log folder with tools that the project did not write.
//
//	interop sumdb <folder> <file with the older checkpoint>
//	interop fsck  <folder>
//
// It prints one line, "<module and version>\t<what was accepted>", and exits 0; or it says on standard error what was refused, and exits 1.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 3 && args[0] == "sumdb" {
		return say("golang.org/x/mod")(checkWithSumdb(args[1], args[2]))
	}
	if len(args) == 2 && args[0] == "fsck" {
		return say("github.com/transparency-dev/tessera")(checkWithFsck(args[1]))
	}
	return fmt.Errorf("usage: interop sumdb <folder> <older checkpoint> | interop fsck <folder>")
}

func say(module string) func(string, error) error {
	return func(accepted string, err error) error {
		if err == nil {
			fmt.Printf("%s %s\t%s\n", module, version(module), accepted)
		}
		return err
	}
}

func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dep := range info.Deps {
		if dep.Path == module {
			return dep.Version
		}
	}
	return "of unknown version"
}

func verifierKey(folder string) (string, error) {
	vkey, err := os.ReadFile(filepath.Join(folder, "vkey"))
	return strings.TrimSpace(string(vkey)), err
}
