package qr

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// peer is a reader to compare with: it returns the texts of a picture and the CPU time in milliseconds.
type peer struct {
	name string
	read func(img *image.RGBA, path string) ([]string, float64)
	quit func()
}

func thisReader() peer {
	return peer{name: "zhengyan", read: func(img *image.RGBA, _ string) ([]string, float64) {
		before := cpuMillis()
		res, _ := Decode(context.Background(), img, Options{Budget: testBudget})
		ms := cpuMillis() - before
		var out []string
		for _, c := range res.Codes {
			out = append(out, c.Text)
		}
		return out, ms
	}}
}

func plainGozxing() peer {
	return peer{name: "gozxing", read: func(img *image.RGBA, _ string) (out []string, ms float64) {
		defer func() { _ = recover() }()
		before := cpuMillis()
		defer func() { ms = cpuMillis() - before }()
		bm, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			return nil, 0
		}
		r, err := qrcode.NewQRCodeReader().Decode(bm, map[gozxing.DecodeHintType]interface{}{gozxing.DecodeHintType_TRY_HARDER: true})
		if err != nil {
			return nil, 0
		}
		return []string{r.GetText()}, 0
	}}
}

// zbarimgPeer runs Debian's zbarimg; its time includes loading the picture.
func zbarimgPeer() (peer, bool) {
	bin, err := exec.LookPath("zbarimg")
	if err != nil {
		return peer{}, false
	}
	return peer{name: "zbarimg", read: func(_ *image.RGBA, path string) ([]string, float64) {
		cmd := exec.Command(bin, "--quiet", "--xml", "-Sdisable", "-Sqrcode.enable", path)
		out, _ := cmd.Output()
		var texts []string
		for rest := out; ; {
			i := bytes.Index(rest, []byte("<![CDATA["))
			if i < 0 {
				break
			}
			rest = rest[i+9:]
			k := bytes.Index(rest, []byte("]]>"))
			if k < 0 {
				break
			}
			texts = append(texts, string(rest[:k]))
			rest = rest[k:]
		}
		ms := 0.0
		if cmd.ProcessState != nil {
			ms = float64(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()) / float64(time.Millisecond)
		}
		return texts, ms
	}}, true
}

// nodePeer runs one of the readers of testdata/peers.mjs in the folder that holds node_modules.
func nodePeer(t *testing.T, dir, name, tmp string) (peer, bool) {
	node, err := exec.LookPath("node")
	if err != nil || dir == "" {
		return peer{}, false
	}
	script, err := filepath.Abs(filepath.Join("testdata", "peers.mjs"))
	if err != nil {
		return peer{}, false
	}
	cmd := exec.Command(node, script, name)
	cmd.Dir = dir
	in, err := cmd.StdinPipe()
	if err != nil {
		return peer{}, false
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return peer{}, false
	}
	cmd.Stderr = os.Stderr
	if cmd.Start() != nil {
		return peer{}, false
	}
	rd := bufio.NewReader(out)
	raw := filepath.Join(tmp, name+".rgba")
	dead := false
	return peer{name: name, quit: func() { in.Close(); _ = cmd.Wait() }, read: func(img *image.RGBA, _ string) ([]string, float64) {
		if dead || os.WriteFile(raw, img.Pix, 0o600) != nil {
			return nil, 0
		}
		fmt.Fprintf(in, "%s\t%d\t%d\n", raw, img.Rect.Dx(), img.Rect.Dy())
		line, err := rd.ReadBytes('\n')
		if err != nil && err != io.EOF || len(line) == 0 {
			dead = true
			t.Logf("%s ended", name)
			return nil, 0
		}
		var ans struct {
			Texts []string
			Ms    float64
		}
		if json.Unmarshal(line, &ans) != nil {
			return nil, 0
		}
		return ans.Texts, ans.Ms
	}}, true
}

func toRGBA(img image.Image) *image.RGBA {
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, b.Min, draw.Over)
	return out
}

// tally counts what one reader did in one group.
type tally struct {
	right, wrong, codes int
	ms                  []float64
}

// TestPeers reads the same pictures with every reader at hand and writes the table as Markdown to the file that
// ZHENGYAN_QR_TABLE names. ZHENGYAN_QR_EVERY=n takes one picture in n. Readers of npm are taken from ZHENGYAN_QR_PEERS, a folder with node_modules.
func TestPeers(t *testing.T) {
	table := os.Getenv("ZHENGYAN_QR_TABLE")
	if table == "" {
		t.Skip("ZHENGYAN_QR_TABLE names no file to write to")
	}
	dir := corpusDir(t)
	only := os.Getenv("ZHENGYAN_QR_GROUP")
	tmp := t.TempDir()
	peers := []peer{thisReader(), plainGozxing()}
	if p, ok := zbarimgPeer(); ok {
		peers = append(peers, p)
	}
	for _, n := range []string{"zxing-wasm", "jsqr", "qr"} {
		if p, ok := nodePeer(t, os.Getenv("ZHENGYAN_QR_PEERS"), n, tmp); ok {
			peers = append(peers, p)
			defer p.quit()
		}
	}
	groups := map[string][]tally{}
	count := map[string]int{}
	union, unionPeers, known := 0, 0, 0
	look := func(group string, s *sampleImage, img *image.RGBA, path string) {
		if groups[group] == nil {
			groups[group] = make([]tally, len(peers))
		}
		count[group]++
		any, anyPeer := false, false
		for i, p := range peers {
			texts, ms := p.read(img, path)
			right, wrong := s.judge(texts)
			g := &groups[group][i]
			g.ms = append(g.ms, ms)
			g.codes += len(texts)
			if right {
				g.right++
				any = true
				anyPeer = anyPeer || i > 0
			} else if len(wrong) > 0 {
				g.wrong++
			}
		}
		if !s.none {
			known++
			if any {
				union++
			}
			if anyPeer {
				unionPeers++
			}
		}
	}
	every := 1
	if n, err := strconv.Atoi(os.Getenv("ZHENGYAN_QR_EVERY")); err == nil && n > 1 {
		every = n
	}
	for i, s := range readManifest(t, dir) {
		if s.unknown || i%every != 0 || !strings.Contains(s.group, only) {
			continue
		}
		img, err := loadImage(s.path)
		if err != nil {
			continue
		}
		look(s.group, &s, toRGBA(img), s.path)
	}
	for fi, f := range families() {
		if !strings.Contains("page-"+f.name, only) {
			continue
		}
		for l := range 6 {
			if (l+fi)%every != 0 {
				continue
			}
			rnd := rand.New(rand.NewPCG(uint64(fi*1000+l*10), 20261121))
			pg, texts := synthPage(t, rnd, f.seal(float64(l)))
			img := f.hurt(float64(l)).apply(t, pg, rnd)
			path := filepath.Join(tmp, "page.png")
			writePNG(t, path, img)
			s := &sampleImage{want: texts, multiple: true}
			look("page-"+f.name, s, toRGBA(img), path)
		}
	}
	if err := os.WriteFile(table, []byte(markdown(peers, groups, count, every, known, union, unionPeers)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func markdown(peers []peer, groups map[string][]tally, count map[string]int, every, known, union, unionPeers int) string {
	var b strings.Builder
	b.WriteString("# QR codes: how many are read, and by whom\n\nWritten by\n\n    ZHENGYAN_QR_TABLE=$PWD/docs/qr.md ZHENGYAN_QR_PEERS=folder-with-node_modules go test -run TestPeers -timeout 2h ./verify/qr\n\n" +
		"Every reader saw the same pictures in the same run")
	if every > 1 {
		fmt.Fprintf(&b, " (one in %d of the corpus, ZHENGYAN_QR_EVERY=%d)", every, every)
	}
	b.WriteString(". Each cell is the\n" +
		"number of pictures of which one known text was read / pictures on which only another text was read / median CPU\n" +
		"milliseconds. \"Another text\" is mostly another choice of charset. Groups named page-… are drawn certificate pages,\n" +
		"six levels of one kind of damage. `negatives` hold no code. zbarimg's time includes loading the file.\n\n| group | n |")
	for _, p := range peers {
		fmt.Fprintf(&b, " %s |", p.name)
	}
	b.WriteString("\n| --- | --: |")
	b.WriteString(strings.Repeat(" --: |", len(peers)) + "\n")
	var names []string
	for k := range groups {
		names = append(names, k)
	}
	sort.Strings(names)
	total := make([]tally, len(peers))
	n := 0
	row := func(name string, n int, ts []tally) {
		fmt.Fprintf(&b, "| %s | %d |", name, n)
		for _, g := range ts {
			sort.Float64s(g.ms)
			fmt.Fprintf(&b, " %d / %d / %.1f |", g.right, g.wrong, at(g.ms, .5))
		}
		b.WriteByte('\n')
	}
	for _, k := range names {
		row(k, count[k], groups[k])
		for i, g := range groups[k] {
			if k != "negatives" {
				total[i].right += g.right
			}
			total[i].wrong += g.wrong
			total[i].ms = append(total[i].ms, g.ms...)
		}
		n += count[k]
	}
	row("**all**", n, total)
	fmt.Fprintf(&b, "\n%d pictures have a known text; at least one reader reads %d, at least one of the others %d.\n", known, union, unionPeers)
	b.WriteString("\n95th percentile of CPU milliseconds:")
	for i, p := range peers {
		sort.Float64s(total[i].ms)
		fmt.Fprintf(&b, " %s %.0f;", p.name, at(total[i].ms, .95))
	}
	b.WriteString("\n")
	return b.String()
}
