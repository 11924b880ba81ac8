// Train makes the constants of vad's network, from the tuning half of the test
// sets and from noises and talkers made by rule. The same test sets make the
// same constants:
//
//	go run ./bench/audio/vadbench/train bin/corpus vad/weights.go
//
// It takes a few minutes. The evidence of a step does not depend on the
// network, so that one pass is enough.
package main

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/talkpath/talkpath/bench/audio/corpus"
)

const (
	// scenes is how many are made, of 16 s each, and epochs how often the
	// network sees them all.
	scenes, epochs = 2000, 8
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: train CORPUS FILE")
		os.Exit(2)
	}
	if err := train(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func train(dir, file string) error {
	c, err := corpus.Open(dir)
	if err != nil {
		return fmt.Errorf("open the test sets: %w", err)
	}
	all := make([]scene, scenes)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range all {
		group.Go(func() (err error) {
			all[i], err = newScene(c, uint64(i))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("make scenes: %w", err)
	}
	fmt.Printf("%d scenes\n", len(all))
	n := fit(all)
	if err := os.WriteFile(file, n.source(), 0o644); err != nil {
		return fmt.Errorf("write constants: %w", err)
	}
	return nil
}
