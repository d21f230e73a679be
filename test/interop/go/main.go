// Command interop reads a log folder with tools that the project did not write, and runs a log and a helper of a witness that are not ours.
//
//	interop sumdb   <folder> <file with the older checkpoint>
//	interop fsck    <folder>
//	interop tessera <folder> <file with the signer key> <policy file> <what each entry begins with> <entries to append>
//
// These print one line, "<module and version>\t<what was accepted>", and exit 0; or they say on standard error what was refused, and exit 1.
//
//	interop agent  <socket>
//	interop follow <database of a litewitness> <vkey of the log>
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
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
	if len(args) == 6 && args[0] == "tessera" {
		entries, err := strconv.Atoi(args[5])
		if err != nil || entries < 1 {
			return fmt.Errorf("%s is no number of entries", args[5])
		}
		return say("github.com/transparency-dev/tessera")(growTessera(args[1], args[2], args[3], args[4], entries))
	}
	if len(args) == 2 && args[0] == "agent" {
		return serveAgent(args[1])
	}
	if len(args) == 3 && args[0] == "follow" {
		return followLog(args[1], args[2])
	}
	return fmt.Errorf("usage: interop sumdb <folder> <older checkpoint> | fsck <folder> | tessera <folder> <key> <policy> <name> <entries> | agent <socket> | follow <database> <vkey>")
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
