package main

import (
	"crypto/sha256"
	"encoding/base64"

	"golang.org/x/mod/sumdb/note"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// followLog tells a litewitness of a log, from size zero, in the database that it has made. It writes the two rows that litewitness's own witnessctl
// would write; witnessctl itself depends on a module that not every registry serves.
func followLog(database, vkey string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	db, err := sqlite.OpenConn(database, sqlite.OpenReadWrite|sqlite.OpenWAL)
	if err != nil {
		return err
	}
	empty := sha256.Sum256(nil)
	rows := []struct {
		sql  string
		args []any
	}{
		{"INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", []any{verifier.Name(), base64.StdEncoding.EncodeToString(empty[:])}},
		{"INSERT INTO key (origin, key) VALUES (?, ?)", []any{verifier.Name(), vkey}},
	}
	for _, row := range rows {
		if err := sqlitex.Execute(db, row.sql, &sqlitex.ExecOptions{Args: row.args}); err != nil {
			_ = db.Close()
			return err
		}
	}
	return db.Close()
}
