package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

const (
	checkpointInterval = 200 * time.Millisecond
	// Without its witnesses' word Tessera publishes nothing and tries again, so somebody must say when it is enough.
	publishedWithin = 15 * time.Second
)

// growTessera appends entries to a Tessera POSIX log and waits until a checkpoint that covers them is published, which Tessera does
// only with the cosignatures that the policy asks for.
func growTessera(folder, keyFile, policyFile, name string, entries int) (string, error) {
	appender, shutdown, reader, err := openTessera(folder, keyFile, policyFile)
	if err != nil {
		return "", err
	}
	limit, cancel := context.WithTimeout(context.Background(), publishedWithin)
	defer cancel()
	var newest tessera.IndexFuture
	for i := range entries {
		newest = appender.Add(limit, tessera.NewEntry(fmt.Appendf(nil, "%s %d", name, i)))
	}
	awaiter := tessera.NewPublicationAwaiter(limit, reader.ReadCheckpoint, checkpointInterval/4)
	index, _, err := awaiter.Await(limit, newest)
	if err != nil {
		return "", fmt.Errorf("no checkpoint over the new entries was published: %w", err)
	}
	return fmt.Sprintf("a Tessera POSIX log of %d entries", index.Index+1), shutdown(limit)
}

func openTessera(folder, keyFile, policyFile string) (*tessera.Appender, func(context.Context) error, tessera.LogReader, error) {
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, nil, nil, err
	}
	signer, err := note.NewSigner(string(key))
	if err != nil {
		return nil, nil, nil, err
	}
	policy, err := os.ReadFile(policyFile)
	if err != nil {
		return nil, nil, nil, err
	}
	witnesses, err := tessera.NewWitnessGroupFromPolicy(policy)
	if err != nil {
		return nil, nil, nil, err
	}
	driver, err := posix.New(context.Background(), posix.Config{Path: folder})
	if err != nil {
		return nil, nil, nil, err
	}
	return tessera.NewAppender(context.Background(), driver, tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(checkpointInterval).
		WithBatching(256, checkpointInterval/4).
		WithWitnesses(witnesses, &tessera.WitnessOptions{Timeout: 2 * time.Second}))
}
