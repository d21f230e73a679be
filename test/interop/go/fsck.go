package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
)

func bundleHashes(bundle []byte) ([][]byte, error) {
	var parsed api.EntryBundle
	if err := parsed.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	var hashes [][]byte
	for _, entry := range parsed.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}

// A worker of fsck ends at the first resource that does not fit, and with no worker left the check waits for ever. One wrong entry spoils
// one tile of each level, so with more workers than levels somebody is left to see the end.
const fsckWorkers = 16

// checkWithFsck is what Tessera's command fsck does, without its screen: that command exits 0 whatever it finds.
func checkWithFsck(folder string) (string, error) {
	vkey, err := verifierKey(folder)
	if err != nil {
		return "", err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return "", err
	}
	check := fsck.New(verifier.Name(), verifier, &client.FileFetcher{Root: folder}, bundleHashes, fsck.Opts{N: fsckWorkers})
	if err := check.Check(context.Background()); err != nil {
		return "", err
	}
	tree, err := openCheckpoint(filepath.Join(folder, "checkpoint"), vkey)
	return fmt.Sprintf("fsck: every tile and bundle of %d entries", tree.N), err
}
