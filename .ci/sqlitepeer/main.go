// Command sqlitepeer is what the registry store is measured against: the same packed rows in one SQLite table with four
// indexes, asked by prepared statements at the level of the driver. It is a module of its own, so that the product is built
// without SQLite and cgo.
//
// sqlitepeer DATABASE reads from standard input first "row" lines (number, ecert, qr, name, packed row in hexadecimal,
// separated by tabs) unless the database is there already, and then "ask" lines (column, value). It prints the times of the
// second pass over the questions as JSON, in microseconds, and the size of the file.
package main

import (
	"bufio"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"
)

func main() {
	if err := run(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sqlitepeer:", err)
		os.Exit(1)
	}
}

type question struct{ column, value string }

func run(path string, in io.Reader, out io.Writer) error {
	c, err := (&sqlite3.SQLiteDriver{}).Open(path + "?_journal_mode=off&_synchronous=off&_mmap_size=8589934592&_cache_size=-8000")
	if err != nil {
		return err
	}
	conn := c.(*sqlite3.SQLiteConn)
	defer conn.Close()
	questions, err := load(conn, in)
	if err != nil {
		return err
	}
	if _, err := conn.Exec("PRAGMA mmap_size=8589934592", nil); err != nil {
		return err
	}
	stmts := map[string]driver.Stmt{}
	for _, column := range []string{"number", "ecert", "qr"} {
		if stmts[column], err = conn.Prepare("SELECT packed FROM reg WHERE " + column + " = ?"); err != nil {
			return err
		}
	}
	times := make([]time.Duration, len(questions))
	found := 0
	for range 2 { // the second pass counts
		found = 0
		for i, q := range questions {
			start := time.Now()
			rows, err := stmts[q.column].Query([]driver.Value{q.value}) //nolint:staticcheck // the way without database/sql's goroutine
			if err != nil {
				return err
			}
			dest := []driver.Value{nil}
			switch err := rows.Next(dest); {
			case err == nil && len(dest[0].([]byte)) > 0:
				found++
			case err != nil && err != io.EOF:
				return err
			}
			rows.Close()
			times[i] = time.Since(start)
		}
	}
	slices.Sort(times)
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	µs := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
	return json.NewEncoder(out).Encode(map[string]any{
		"p50": µs(times[len(times)/2]), "p99": µs(times[len(times)*99/100]), "found": found, "bytes": st.Size(),
	})
}

func load(conn *sqlite3.SQLiteConn, in io.Reader) (questions []question, err error) {
	sc := bufio.NewScanner(in)
	sc.Buffer(make([]byte, 1<<20), 1<<20)
	_, err = conn.Exec("CREATE TABLE reg (id INTEGER PRIMARY KEY, number TEXT, ecert TEXT, qr TEXT, name TEXT, packed BLOB)", nil)
	fresh := err == nil
	var insert driver.Stmt
	if fresh {
		if _, err := conn.Exec("BEGIN", nil); err != nil {
			return nil, err
		}
		if insert, err = conn.Prepare("INSERT INTO reg (number, ecert, qr, name, packed) VALUES (?, ?, ?, ?, ?)"); err != nil {
			return nil, err
		}
	}
	for sc.Scan() {
		f := strings.Split(sc.Text(), "\t")
		switch {
		case f[0] == "row" && len(f) == 6 && fresh:
			packed, err := hex.DecodeString(f[5])
			if err != nil {
				return nil, err
			}
			if _, err := insert.Exec([]driver.Value{f[1], f[2], f[3], f[4], packed}); err != nil { //nolint:staticcheck // as above
				return nil, err
			}
		case f[0] == "ask" && len(f) == 3:
			questions = append(questions, question{f[1], f[2]})
		}
	}
	if fresh {
		for _, sql := range []string{
			"COMMIT", "CREATE INDEX i1 ON reg(number)", "CREATE INDEX i2 ON reg(ecert)", "CREATE INDEX i3 ON reg(qr)", "CREATE INDEX i4 ON reg(name)", "ANALYZE",
		} {
			if _, err := conn.Exec(sql, nil); err != nil {
				return nil, err
			}
		}
	}
	return questions, sc.Err()
}
