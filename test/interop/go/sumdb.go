package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	// Entries that are proven one by one, drawn anew in every run.
	provenEntries = 1000
)

// folderTiles reads tiles as C2SP tlog-tiles names them, for tlog.TileHashReader, which checks each against the signed root.
type folderTiles struct{ folder string }

func (folderTiles) Height() int                     { return tileHeight }
func (folderTiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (f folderTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, 0, len(tiles))
	for _, tile := range tiles {
		data, err := f.read(tile, tile.W*tlog.HashSize)
		if err != nil {
			return nil, err
		}
		out = append(out, data[:tile.W*tlog.HashSize])
	}
	return out, nil
}

// read falls back to the full tile, since a partial one may be gone once that is there.
func (f folderTiles) read(tile tlog.Tile, atLeast int) ([]byte, error) {
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
	path = strings.Replace(path, "tile/data/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(f.folder, path))
	if errors.Is(err, os.ErrNotExist) {
		whole, _, _ := strings.Cut(path, ".p/")
		data, err = os.ReadFile(filepath.Join(f.folder, whole))
	}
	if err == nil && len(data) < atLeast {
		err = fmt.Errorf("%s is too short", path)
	}
	return data, err
}

// entries returns the hashes of all entries, computed from the bundles.
func (f folderTiles) entries(size int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	const width = 1 << tileHeight
	for n := int64(0); n*width < size; n++ {
		w := int(min(width, size-n*width))
		data, err := f.read(tlog.Tile{H: tileHeight, L: -1, N: n, W: w}, 0)
		if err != nil {
			return nil, err
		}
		for i := 0; i < w; i++ {
			if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("bundle %d ends within entry %d", n, i)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			all = append(all, tlog.RecordHash(data[2:end]))
			data = data[end:]
		}
	}
	return all, nil
}

// growing holds the stored hashes of a tree that is built from its entries alone.
type growing []tlog.Hash

func (g growing) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		out[i] = g[index]
	}
	return out, nil
}

func rootOf(leaves []tlog.Hash) (tlog.Hash, error) {
	var stored growing
	for i, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(i), leaf, stored)
		if err != nil {
			return tlog.Hash{}, err
		}
		stored = append(stored, more...)
	}
	return tlog.TreeHash(int64(len(leaves)), stored)
}

// openCheckpoint returns the tree of a signed checkpoint. note.Open refuses one without a valid signature of the key.
func openCheckpoint(file, vkey string) (tlog.Tree, error) {
	var tree tlog.Tree
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tree, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	// tlog.ParseTree knows only the Go checksum database's own first line, so the three lines are read here.
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tree, fmt.Errorf("%s is no checkpoint of %s", filepath.Base(file), verifier.Name())
	}
	if _, err := fmt.Sscanf(lines[1], "%d", &tree.N); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func checkWithSumdb(folder, olderFile string) (string, error) {
	vkey, err := verifierKey(folder)
	if err != nil {
		return "", err
	}
	tree, err := openCheckpoint(filepath.Join(folder, "checkpoint"), vkey)
	if err != nil {
		return "", err
	}
	older, err := openCheckpoint(olderFile, vkey)
	if err != nil {
		return "", err
	}
	tiles := folderTiles{folder}
	leaves, err := tiles.entries(tree.N)
	if err != nil {
		return "", err
	}
	if root, err := rootOf(leaves); err != nil || root != tree.Hash {
		return "", fmt.Errorf("the entries have root %v (%v), the checkpoint says %v", root, err, tree.Hash)
	}
	proven, err := prove(tree, older, leaves, tlog.TileHashReader(tree, tiles))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("signature, root of %d entries, all their hashes in the tiles, %d inclusion proofs, consistency %d → %d", tree.N, proven, older.N, tree.N), nil
}

func prove(tree, older tlog.Tree, leaves []tlog.Hash, reader tlog.HashReader) (int, error) {
	indexes := make([]int64, tree.N)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(i))
	}
	inTiles, err := reader.ReadHashes(indexes)
	if err != nil {
		return 0, err
	}
	for i, hash := range inTiles {
		if hash != leaves[i] {
			return 0, fmt.Errorf("the tile holds another hash than entry %d has", i)
		}
	}
	proven := int(min(provenEntries, tree.N))
	for range proven {
		n := rand.Int64N(tree.N)
		proof, err := tlog.ProveRecord(tree.N, n, reader)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaves[n]); err != nil {
			return 0, fmt.Errorf("entry %d: %w", n, err)
		}
	}
	proof, err := tlog.ProveTree(tree.N, older.N, reader)
	if err != nil {
		return 0, err
	}
	return proven, tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash)
}
