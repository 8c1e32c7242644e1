package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zhengyan/store"
	"zhengyan/store/feed"
	"zhengyan/verify/report"
)

const publishExamples = `  zhengyan snapshot keygen keys/
  zhengyan snapshot publish --keys keys/ --to feed/ --name "registry" --previous 0601.db 0602.db
  zhengyan snapshot refresh --keys keys/ --to feed/
  zhengyan snapshot rotate --keys keys/ --new-keys new-keys/ --to feed/
`

// rootName is the file in a feed's folder that is brought to the machines by another way, once.
const rootName = "root.json"

func snapshotKeygen(_ context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot keygen", "[options] FOLDER", publishExamples)
	roots := fl.Int("roots", 3, "number of root keys")
	withSM2 := fl.Bool("sm2", false, "also a key for signatures by SM2, which every machine will then demand")
	if code, done := env.parse(fl, args); done {
		return code
	}
	if fl.NArg() != 1 || *roots < 1 || *roots > 32 {
		return env.failHint(exitUsage, "zhengyan snapshot keygen -h", "snapshot keygen: name a folder, and 1 to 32 root keys")
	}
	keys, err := feed.GenerateKeys(*roots, *withSM2)
	if err == nil {
		err = keys.Save(fl.Arg(0))
	}
	if err != nil {
		return env.fail(exitUnreadable, "snapshot keygen: %v", err)
	}
	env.note("keys written to %s; move each root-N.pem to a medium of its own, they are needed to begin and to rotate only", fl.Arg(0))
	return exitOK
}

// publisher opens the feed's folder with the keys of another.
func (env *environment) publisher(keys, to string) (*feed.Publisher, error) {
	if keys == "" || to == "" {
		return nil, misused("name --keys and --to")
	}
	k, err := feed.LoadKeys(keys)
	if err != nil {
		return nil, err
	}
	return &feed.Publisher{Dir: to, Keys: k, Now: env.Now()}, nil
}

func (env *environment) publishFailed(verb string, err error) int {
	code := exitUnreadable
	if errors.Is(err, errUsage) {
		code = exitUsage
	}
	return env.fail(code, "snapshot %s: %v", verb, err)
}

func snapshotPublish(ctx context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot publish", "--keys FOLDER --to FEED [options] SNAPSHOT", publishExamples)
	keys := fl.String("keys", "", "folder with the publisher's keys")
	to := fl.String("to", "", "folder of the feed: a stick, or what a web server shows")
	name := fl.String("name", "", "the publisher's name, when the feed is begun")
	threshold := fl.Int("threshold", 2, "root keys that must agree, when the feed is begun")
	previous := fl.StringSlice("previous", nil, "earlier snapshot files, for which a delta is made")
	identity := identityFlag(fl)
	persons := personsFlag(fl)
	if code, done := env.parse(fl, args); done {
		return code
	}
	if fl.NArg() != 1 {
		return env.failHint(exitUsage, "zhengyan snapshot publish -h", "snapshot publish: name one snapshot file")
	}
	p, err := env.publisher(*keys, *to)
	if err == nil {
		err = publishable(*persons, fl.Arg(0), *previous)
	}
	if err == nil {
		err = fits(p, *persons)
	}
	var key *store.MachineKey
	if err == nil {
		key, err = env.machineKey("", *identity)
	}
	if err == nil {
		err = env.publish(ctx, p, *name, *threshold, fl.Arg(0), *previous, key)
	}
	if err != nil {
		return env.publishFailed("publish", err)
	}
	return exitOK
}

// publishable refuses a file of another kind than was named, so that a person index gets into no feed of the registry unseen.
func publishable(persons bool, path string, previous []string) error {
	is, err := oneKind(append([]string{path}, previous...)...)
	switch {
	case err != nil:
		return err
	case is && !persons:
		return misused("%s is a person index: it has a feed of its own, and is published with --persons", path)
	case !is && persons:
		return misused("--persons publishes a person index, and %s is a snapshot of the registry", path)
	}
	return nil
}

// fits refuses to put a person index into a feed that carries the registry, and the other way about: machines that follow the
// feed would refuse it, and have nothing newer.
func fits(p *feed.Publisher, persons bool) error {
	kind := feed.KindRegistry
	if persons {
		kind = feed.KindPersons
	}
	err := p.Fits(kind)
	switch {
	case !errors.Is(err, feed.ErrOtherKind):
		return err
	case persons:
		return misused("%v: a person index needs a feed of its own: name another folder with --to", err)
	}
	return misused("%v: the feed is that of a person index: name another folder with --to", err)
}

func (env *environment) publish(ctx context.Context, p *feed.Publisher, name string, threshold int, path string, previous []string, key *store.MachineKey) error {
	s, err := openFile(path, key)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Verify(ctx, nil); err != nil {
		return err
	}
	if _, err := p.RootFile(); errors.Is(err, fs.ErrNotExist) {
		if name == "" {
			return misused("%s is a new feed: name the publisher (--name)", p.Dir)
		}
		if err := p.Begin(name, threshold); err != nil {
			return err
		}
		if err := env.writeRoot(p); err != nil {
			return err
		}
	}
	content, err := s.FeedContent(ctx)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "zhengyan-delta-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp) // temporary; what cannot be removed is only space
	deltas := map[string]string{}
	for i, old := range previous {
		file := filepath.Join(tmp, fmt.Sprintf("%d.delta", i))
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		head, err := store.WriteDelta(ctx, old, path, key, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		deltas[head.From] = file
		env.row("delta", "from %.12s: %d changed, %d removed", head.From, head.Puts, head.Drops)
	}
	if err := p.Publish(ctx, path, content, deltas); err != nil {
		return err
	}
	env.row("published", "%s, as of %s, %d rows", content.ID, shanghai(content.AsOf), content.Rows)
	return nil
}

// row says what was made, below what was made before it.
func (env *environment) row(label, format string, a ...any) {
	fmt.Fprintln(env.Stdout, report.Pad(env.say(label), 11)+env.sentence(format, a...))
}

func (env *environment) writeRoot(p *feed.Publisher) error {
	b, err := p.RootFile()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(p.Dir, rootName), b, 0o644); err != nil {
		return err
	}
	env.note("bring %s to each machine by a way of its own, once: zhengyan snapshot import --root root.json FEED", filepath.Join(p.Dir, rootName))
	return nil
}

func snapshotRefresh(_ context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot refresh", "--keys FOLDER --to FEED", publishExamples)
	keys := fl.String("keys", "", "folder with the timestamp key")
	to := fl.String("to", "", "folder of the feed")
	if code, done := env.parse(fl, args); done {
		return code
	}
	p, err := env.publisher(*keys, *to)
	if err == nil {
		err = p.Refresh()
	}
	if err != nil {
		return env.publishFailed("refresh", err)
	}
	return exitOK
}

func snapshotRotate(_ context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot rotate", "--keys FOLDER --new-keys FOLDER --to FEED", publishExamples)
	keys := fl.String("keys", "", "folder with the root keys in use")
	next := fl.String("new-keys", "", "folder with the keys from now on")
	to := fl.String("to", "", "folder of the feed")
	threshold := fl.Int("threshold", 2, "root keys that must agree from now on")
	if code, done := env.parse(fl, args); done {
		return code
	}
	p, err := env.publisher(*keys, *to)
	var k *feed.Keys
	if err == nil {
		k, err = feed.LoadKeys(*next)
	}
	if err == nil {
		err = p.Rotate(k, *threshold)
	}
	if err == nil {
		err = env.writeRoot(p)
	}
	if err != nil {
		return env.publishFailed("rotate", err)
	}
	env.note("publish once more, so that everything is signed by the new keys")
	return exitOK
}

// feedAt returns the feed that an argument of import names, or nil if it names a file.
func feedAt(arg string) feed.Fetcher {
	if strings.HasPrefix(arg, "http://") || strings.HasPrefix(arg, "https://") {
		return feed.Server{Base: arg, Get: download}
	}
	if st, err := os.Stat(filepath.Join(arg, "metadata")); err == nil && st.IsDir() {
		return feed.Folder(arg)
	}
	return nil
}

// download opens an address that the user has named. What comes is checked by its signatures, so plain HTTP will do.
func download(ctx context.Context, address string, offset int64) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	client := http.Client{Transport: http.DefaultTransport, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if len(via) > 5 {
			return errors.New("too many redirections")
		}
		return nil
	}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	switch {
	case resp.StatusCode == http.StatusPartialContent && offset > 0, resp.StatusCode == http.StatusOK && offset == 0:
		return resp.Body, nil
	case resp.StatusCode == http.StatusOK: // the server knows no ranges
		if _, err := io.CopyN(io.Discard, resp.Body, offset); err != nil {
			return nil, errors.Join(err, resp.Body.Close())
		}
		return resp.Body, nil
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusForbidden:
		err = fmt.Errorf("%s: %w", address, fs.ErrNotExist)
	default:
		err = fmt.Errorf("%s: %s", address, resp.Status)
	}
	return nil, errors.Join(err, resp.Body.Close())
}

// stageImport takes in what the argument names: a feed, a snapshot file or a delta.
func (env *environment) stageImport(ctx context.Context, data *store.Data, arg, root string, opt store.ImportOptions) (*store.Import, error) {
	f := feedAt(arg)
	if f == nil {
		return data.Stage(ctx, arg, opt)
	}
	var pinned []byte
	if root != "" {
		var err error
		if pinned, err = readSmall(root, 512<<10); err != nil {
			return nil, err
		}
	}
	opt.From = arg
	imp, offer, err := data.StageFeed(ctx, f, pinned, opt)
	if offer != nil {
		said := env.sentence("signed by %s, vouched for on %s", offer.SignedBy, shanghai(offer.Issued))
		if now := env.Now(); now.After(offer.Expires) {
			said += env.sentence("; %d days past its promise", int(now.Sub(offer.Expires)/(24*time.Hour)))
		}
		env.note("%s", said)
	}
	return imp, err
}
