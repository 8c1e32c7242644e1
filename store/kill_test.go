package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"zhengyan/verify/rules"
)

// TestImporterProcess is no test: it is the program that TestKilledImporter kills. It imports two files in turn and says
// when each is in use.
func TestImporterProcess(t *testing.T) {
	dir := os.Getenv("ZHENGYAN_TEST_IMPORTER")
	if dir == "" {
		t.Skip("runs inside TestKilledImporter only")
	}
	d, err := OpenData(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		g, err := d.Import(context.Background(), filepath.Join(dir, fmt.Sprintf("%d.db", i%2)), ImportOptions{Now: now, AllowOlder: true})
		if errors.Is(err, ErrSame) { // what the one before had just put in place
			continue
		}
		if err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("acked", g.Generation)
	}
}

// An importer that is killed at any instant leaves a folder that opens, without a problem, at a generation that is not
// older than the last one it had reported.
func TestKilledImporter(t *testing.T) {
	dir := t.TempDir()
	rows := someRows(1500, 3)
	for i := range 2 {
		if err := os.Rename(fileOf(t, rows[:1400+i], testMeta().AsOf.AddDate(0, 0, i)), filepath.Join(dir, fmt.Sprintf("%d.db", i))); err != nil {
			t.Fatal(err)
		}
	}
	d, err := OpenData(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(9, 9))
	acked, killed := 0, 0
	for range soak(6, 200) {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestImporterProcess$")
		cmd.Env = append(os.Environ(), "ZHENGYAN_TEST_IMPORTER="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		sc, alive := bufio.NewScanner(out), true
		for sc.Scan() {
			var n int
			if _, err := fmt.Sscanf(sc.Text(), "acked %d", &n); err == nil {
				acked = max(acked, n)
				if alive { // somewhere in the next import
					alive = false
					time.Sleep(time.Duration(rng.IntN(20_000)) * time.Microsecond)
					if err := cmd.Process.Kill(); err != nil {
						t.Fatal(err)
					}
					killed++
				}
			} else if len(sc.Text()) > 5 && sc.Text()[:5] == "error" {
				t.Fatal(sc.Text())
			}
		}
		_ = cmd.Wait() // it was killed
		o, err := d.Open()
		if err != nil {
			t.Fatalf("after kill %d: %v", killed, err)
		}
		if o.Info.Generation < acked || len(o.Problems) != 0 {
			t.Errorf("generation %d after %d was reported; %v", o.Info.Generation, acked, o.Problems)
		}
		if a, err := o.Lookup(context.Background(), rules.RegistryQuery{Number: rows[7].Number}); err != nil || !a.Found {
			t.Errorf("%v %v", a, err)
		}
		o.Close()
	}
	if killed == 0 {
		t.Error("nothing was killed")
	}
	t.Log("killed " + strconv.Itoa(killed))
}

// A file that is cut short while it is in use (by another program, or a stick that is pulled) gives errors, not a crash
// and not "not found".
func TestFileCutWhileInUse(t *testing.T) {
	rows := someRows(800, 12)
	path := buildFile(t, Rows(rows))
	s := open(t, path)
	if _, err := s.Lookup(context.Background(), rules.RegistryQuery{Number: rows[0].Number}); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 4*pageSize); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, want := range rows {
		a, err := s.Lookup(context.Background(), rules.RegistryQuery{Number: want.Number})
		switch {
		case err != nil:
			failed++
		case !a.Found || a.Records[0].Name != want.Name:
			t.Fatalf("%s: %+v", want.Number, a)
		}
	}
	if failed == 0 {
		t.Error("the cut was not noticed")
	}
	if err := os.Remove(path); err != nil { // there is nothing left to check at the end
		t.Fatal(err)
	}
}
