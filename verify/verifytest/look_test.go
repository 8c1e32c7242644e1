package verifytest

import (
	"context"
	"os"
	"testing"
	"time"
)

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	t0 := time.Now()
	set, err := Write(context.Background(), dir, WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(t0), len(set.Answers))
	f, _ := os.Create(dir + "/answers.tsv")
	WriteAnswers(f, set.Answers)
	f.Close()
}
