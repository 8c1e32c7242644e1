package ocr_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhengyan/assets"
	"zhengyan/verify/fields"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest/camera"
)

func TestExplore(t *testing.T) {
	spec := strings.Fields(os.Getenv("EXPLORE")) // class from to
	if len(spec) == 0 {
		t.Skip()
	}
	r, tab := open(t), tables(t)
	song, _ := os.ReadFile("/tmp/ocr/fonts/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf")
	st := newStudio(t, []font{{"noto", assets.Font()}, {"song", song}})
	from, _ := strconv.Atoi(spec[1])
	to, _ := strconv.Atoi(spec[2])
	var list []int
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	if len(spec) > 3 {
		list = nil
		for _, w := range spec[3:] {
			n, _ := strconv.Atoi(w)
			list = append(list, n)
		}
	}
	type tally struct{ n, right, sure int }
	sums := map[string]*tally{}
	var spent time.Duration
	for _, i := range list {
		p := st.take(t, spec[0], camera.Dev, i, varied(camera.Dev, i))
		img := p.flat()
		t0 := time.Now()
		text, err := r.ReadPage(context.Background(), img, 0)
		spent += time.Since(t0)
		if err != nil {
			t.Fatal(err)
		}
		rs := fields.ReadAll([]page.Text{text}, tab)
		var res *fields.Result
		if len(rs) > 0 {
			res = rs[0]
		}
		bad := false
		for _, f := range compare(p.spec, res) {
			keys := []string{f.field}
			if slices.Contains(numeric, f.field) {
				keys = append(keys, "NUMERIC")
			}
			for _, k := range keys {
				if sums[k] == nil {
					sums[k] = &tally{}
				}
				sums[k].n++
				if f.want == f.got {
					sums[k].right++
				} else if f.got != "" && f.conf >= 0.95 && !f.problem {
					sums[k].sure++
				}
			}
			if f.want != f.got {
				bad = true
				fmt.Printf("%s %s: want %q got %q conf %.3f problem %v\n", p.name, f.field, f.want, f.got, f.conf, f.problem)
			}
		}
		if bad && res != nil {
			fmt.Println("   ", res.Problems)
		}
		if bad && os.Getenv("VERBOSE") != "" {
			lines, _ := r.Lines(context.Background(), img, -1)
			for _, l := range lines {
				fmt.Printf("    %4.0f %4.0f %4.0f %4.0f %.3f %s\n", l.Box.X0, l.Box.Y0, l.Box.X1, l.Box.Y1, l.Confidence, l.Text)
			}
		}
	}
	for k, v := range sums {
		fmt.Printf("%-16s %d/%d sure-wrong %d\n", k, v.right, v.n, v.sure)
	}
	fmt.Println("read", spent/time.Duration(len(list)), "a page")
}
