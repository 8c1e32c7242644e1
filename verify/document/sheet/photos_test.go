package sheet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	xdraw "golang.org/x/image/draw"

	"zhengyan/verify/document"
	"zhengyan/verify/page"
	"zhengyan/verify/verifytest"
	"zhengyan/verify/verifytest/camera"
)

// photo is one line of the index of a folder of photos.
type photo struct {
	File    string        `json:"file"`
	Desk    string        `json:"desk"`
	Corners [4]page.Point `json:"corners"`
	PerMM   float64       `json:"perMM"`
	Curl    float64       `json:"curl"`
	Chat    bool          `json:"chat"`
}

// take photographs n specimens of a split, from the given one on, into a folder, in which an index tells the truth; of
// all desks where none are named.
func take(t testing.TB, dir string, split camera.Split, from, n int, desks []string) []photo {
	g, err := verifytest.NewGenerator(verifytest.NewCA())
	if err != nil {
		t.Skip(err)
	}
	var list []photo
	var sheet camera.Sheet
	for i := from; i < from+n; i++ {
		if i == from || i%8 == 0 {
			img, err := g.Printed(camera.Spec(split, i/8), 200)
			if err != nil {
				t.Fatal(err)
			}
			sheet = camera.A4(img)
		}
		shot, seed := camera.Photo(split, i)
		if len(desks) > 0 && !slices.Contains(desks, shot.Desk.String()) {
			continue
		}
		p := camera.Photograph(sheet, shot, seed)
		f := photo{fmt.Sprintf("%04d-%s.jpg", i, shot.Desk), shot.Desk.String(), p.Truth.Corners, p.Truth.PixelsPerMM(), shot.Curl, shot.Chat}
		if err := os.WriteFile(filepath.Join(dir, f.File), p.JPEG, 0o644); err != nil {
			t.Fatal(err)
		}
		list = append(list, f)
	}
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "index.json"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestTakePhotos fills the folder ZHENGYAN_PHOTOS with ZHENGYAN_PHOTOS_N photos of the split ZHENGYAN_SPLIT, of those only
// the desks of ZHENGYAN_PHOTOS_DESKS (their names, with commas) if it is set.
func TestTakePhotos(t *testing.T) {
	dir, n := os.Getenv("ZHENGYAN_PHOTOS"), number("ZHENGYAN_PHOTOS_N", 0)
	if dir == "" || n == 0 {
		t.Skip("ZHENGYAN_PHOTOS and ZHENGYAN_PHOTOS_N are not set")
	}
	split := camera.Dev
	if os.Getenv("ZHENGYAN_SPLIT") == "test" {
		split = camera.Test
	}
	var desks []string
	if names := os.Getenv("ZHENGYAN_PHOTOS_DESKS"); names != "" {
		desks = strings.Split(names, ",")
	}
	take(t, dir, split, number("ZHENGYAN_PHOTOS_FROM", 0), n, desks)
}

func number(name string, other int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return other
}

// worst is the largest distance of a corner from the truth in mm, the corners being matched in turn.
func worst(got, want [4]page.Point, perMM float64) float64 {
	best := math.Inf(1)
	for shift := range 4 {
		w := 0.0
		for i := range 4 {
			w = max(w, length(sub(got[(i+shift)%4], want[i])))
		}
		best = min(best, w)
	}
	return best / perMM
}

type tally struct {
	n, good, sure, wrong int
	errs                 []float64
}

// rendered is a photo as the verifier gets it.
func rendered(t *testing.T, engine *document.Engine, name string, b []byte) *image.RGBA {
	d, err := engine.Open(t.Context(), document.SourceBytes(name, b))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	img, err := d.Render(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestPhotos finds the corners in the photos of the folder ZHENGYAN_PHOTOS, opened and rendered as the verifier does it,
// and prints a table.
func TestPhotos(t *testing.T) {
	dir := os.Getenv("ZHENGYAN_PHOTOS")
	b, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if dir == "" || err != nil {
		t.Skip("ZHENGYAN_PHOTOS is not set, or holds no photos")
	}
	var list []photo
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	engine, err := document.NewEngine(document.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	by := map[string]*tally{}
	var names []string
	var cpu []float64
	var out bytes.Buffer
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(dir, f.File))
		if err != nil {
			t.Fatal(err)
		}
		img := rendered(t, engine, f.File, b)
		c0 := cpuTime()
		s, err := Find(context.Background(), img)
		if err != nil {
			t.Fatal(err)
		}
		cpu = append(cpu, float64(cpuTime()-c0)/float64(time.Millisecond))
		e := worst(s.Corners, f.Corners, f.PerMM)
		for _, k := range []string{f.Desk, "all"} {
			q := by[k]
			if q == nil {
				q = &tally{}
				by[k] = q
				names = append(names, k)
			}
			q.n++
			q.errs = append(q.errs, e)
			if e <= 2 {
				q.good++
			}
			if s.Score >= MinScore {
				q.sure++
				if e > 2 {
					q.wrong++
				}
			}
		}
		if draw := os.Getenv("ZHENGYAN_DRAW"); draw != "" && e > 2 {
			drawCorners(t, filepath.Join(draw, f.File+".png"), img, s.Corners, f.Corners)
		}
		if e > 2 || len(s.Notes) > 0 {
			fmt.Fprintf(&out, "%s: %.2f mm, score %.2f, notes %v, aspect %.3f, bend %.4f\n", f.File, e, s.Score, s.Notes, s.Aspect, s.Bend)
		}
	}
	t.Log("\n" + out.String())
	slices.Sort(names)
	fmt.Println("| desk | photos | within 2 mm | median error | 95th centile | sure | sure but wrong |\n| --- | --- | --- | --- | --- | --- | --- |")
	for _, k := range names {
		q := by[k]
		slices.Sort(q.errs)
		fmt.Printf("| %s | %d | %d (%.1f %%) | %.2f mm | %.2f mm | %d | %d |\n", k, q.n, q.good, 100*float64(q.good)/float64(q.n),
			q.errs[q.n/2], q.errs[q.n*95/100], q.sure, q.wrong)
	}
	slices.Sort(cpu)
	fmt.Printf("\nCPU for finding in the rendered picture: median %.0f ms, 95th centile %.0f ms\n", cpu[len(cpu)/2], cpu[len(cpu)*95/100])
}

// drawCorners writes a reduced picture with the found corners in red and the true ones in green.
func drawCorners(t *testing.T, name string, img image.Image, got, want [4]page.Point) {
	k := 900 / float64(max(img.Bounds().Dx(), img.Bounds().Dy()))
	out := image.NewRGBA(image.Rect(0, 0, int(float64(img.Bounds().Dx())*k), int(float64(img.Bounds().Dy())*k)))
	xdraw.ApproxBiLinear.Scale(out, out.Rect, img, img.Bounds(), xdraw.Src, nil)
	for i, c := range [2][4]page.Point{want, got} {
		col := color.RGBA{0, 255, 0, 255}
		if i == 1 {
			col = color.RGBA{255, 0, 0, 255}
		}
		for j := range 4 {
			a, b := c[j], c[(j+1)%4]
			for q := range 1500 {
				t := float64(q) / 1500
				out.SetRGBA(int((a.X+(b.X-a.X)*t)*k), int((a.Y+(b.Y-a.Y)*t)*k), col)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, out); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
