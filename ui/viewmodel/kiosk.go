package viewmodel

import (
	"context"
	"strings"
	"time"
	"unicode"

	"zhengyan/verify"
	"zhengyan/verify/civil"
	"zhengyan/verify/qr"
)

// KioskState is what an unattended screen is doing.
type KioskState int

// The states, in the order in which they are gone through.
const (
	KioskIdle      KioskState = iota // invites
	KioskWorking                     // reads files
	KioskResult                      // shows a result
	KioskCountdown                   // shows it for a few more seconds, counted
	KioskWiped                       // says that everything was wiped, for a moment
	KioskStaff                       // the staff menu, behind a PIN
)

// Limits of a kiosk.
const (
	KioskFiles    = 20   // files of one visitor that are read
	maxScanned    = 4096 // characters of one scan
	scanPause     = 3 * time.Second
	wipedFor      = 2 * time.Second
	staffFor      = 60 * time.Second // the menu closes by itself
	holdFor       = 60 * time.Second // a finger that rests on the button longer, or was lost, stops no countdown
	langFor       = 30 * time.Second // the invitation keeps a language that nobody uses
	maxKioskPaths = 200
)

// KioskArrival is something that was put in: a stick, a file in the watched folder.
type KioskArrival struct {
	Key   string   // what it is known by, a mount point or a path
	Paths []string // the first KioskFiles and one more, if there are more
	// Others is the number of files on it that are not among Paths, since their names are of no kind that is read.
	Others int
	Gone   bool // it was taken away
}

// KioskIntake is looked at again and again for what was put in. Poll may be slow; it is called from one goroutine.
type KioskIntake interface{ Poll() []KioskArrival }

// KioskKeeper keeps what outlasts a restart: the staff's PIN and counters without personal data.
type KioskKeeper interface {
	Load() (KioskKept, error)
	Save(KioskKept) error
}

// KioskKept is what is kept.
type KioskKept struct {
	PIN         PINHash    `json:"pin"`
	Wrong       int        `json:"wrong,omitempty"` // wrong PINs since the last right one
	LockedUntil time.Time  `json:"lockedUntil,omitzero"`
	Day         civil.Date `json:"day,omitzero"`
	Passed      int        `json:"passed"`
	Failed      int        `json:"failed"`
	Unsure      int        `json:"unsure"`
}

// KioskConfig is what a kiosk is made of. Engine, Messages, Question, Dispatch, Now and OnChange are required.
type KioskConfig struct {
	Engine Engine
	// Messages are in the language of the invitation, to which the kiosk goes back after each visitor.
	Messages *Messages
	// Question is asked anew for each visitor: a kiosk runs for days. Its language is the visitor's.
	Question func() verify.Question
	Dispatch func(func())
	Now      func() time.Time
	OnChange func()
	Hosts    []qr.Host
	Keeper   KioskKeeper
	// Wipe removes temporary files and gives memory back. It runs on a goroutine of its own.
	Wipe func()
	// Sound, if set, is called with the shape of each result.
	Sound func(Shape)
	// ShowFor is how long a result is shown before the countdown, CountFor how long that takes. Zero means 20 s and 10 s.
	ShowFor, CountFor time.Duration
}

// Kiosk is the state machine of an unattended screen. Its methods run on one goroutine, which Dispatch reaches. It holds
// no more than one visitor's result, and nothing of it once it is wiped.
type Kiosk struct {
	cfg      KioskConfig
	m        *Messages // in the visitor's language
	state    KioskState
	since    time.Time
	held     time.Time // when the button that shows what is masked was pressed, zero while it is not
	job      int       // number of the work under way; what comes back under another number is dropped
	cancel   context.CancelFunc
	key      string // what was put in
	result   *KioskAnswer
	notice   string
	buf      []rune
	typed    time.Time
	kept     KioskKept
	pin      []rune
	staffIn  bool
	lastLeft int
}

// KioskFact is a line of a result. Masked is what is shown of Value until somebody holds the button down.
type KioskFact struct{ Label, Value, Masked string }

// KioskAnswer is one visitor's result.
type KioskAnswer struct {
	Shape  Shape
	Word   string // 通过, 不通过, 无法确定
	Kind   string
	Reason string
	Next   string
	Facts  []KioskFact
	// Passed, Failed and Unsure count the files where there were several; the result is of the one that is worst.
	Passed, Failed, Unsure int
	Files                  int
	Left                   string // what of all that was put in was not read, "" for nothing
	Code                   bool   // a scanned code, no file
	Specimen               bool
	Read                   bool // the facts were read off a picture, and may be misread
}

// NewKiosk starts a kiosk that is idle.
func NewKiosk(cfg KioskConfig) *Kiosk {
	if cfg.ShowFor <= 0 {
		cfg.ShowFor = 20 * time.Second
	}
	if cfg.CountFor <= 0 {
		cfg.CountFor = 10 * time.Second
	}
	k := &Kiosk{cfg: cfg, m: cfg.Messages, since: cfg.Now()}
	if cfg.Keeper != nil {
		if kept, err := cfg.Keeper.Load(); err == nil {
			k.kept = kept
		}
	}
	return k
}

// State is what the kiosk is doing.
func (k *Kiosk) State() KioskState { return k.state }

// Result is what is shown, nil where nothing is.
func (k *Kiosk) Result() *KioskAnswer { return k.result }

// Notice is a sentence for the visitor, "" for none.
func (k *Kiosk) Notice() string { return k.notice }

// Left is how many seconds are left until the wipe, 0 outside the countdown.
func (k *Kiosk) Left() int {
	if k.state != KioskCountdown {
		return 0
	}
	left := k.cfg.CountFor - k.passed()
	return max(0, int((left+time.Second-1)/time.Second))
}

func (k *Kiosk) set(s KioskState) {
	k.state, k.since, k.held = s, k.cfg.Now(), time.Time{}
	k.cfg.OnChange()
}

// Messages are in the language that is shown: the visitor's, until he is wiped.
func (k *Kiosk) Messages() *Messages { return k.m }

// Speak shows the invitation in another language, for this visitor.
func (k *Kiosk) Speak(m *Messages) {
	if k.state != KioskIdle {
		return
	}
	k.m, k.notice = m, ""
	k.set(KioskIdle)
}

// invite forgets the last visitor's language and invites the next.
func (k *Kiosk) invite() {
	k.m = k.cfg.Messages
	k.set(KioskIdle)
}

// Hold tells that what is masked is shown, for as long as a button is pressed: no time passes meanwhile, but not for ever.
func (k *Kiosk) Hold(on bool) {
	switch {
	case on && k.held.IsZero() && (k.state == KioskResult || k.state == KioskCountdown):
		k.held = k.cfg.Now()
	case !on && !k.held.IsZero():
		k.since, k.held = k.since.Add(k.paused()), time.Time{}
	}
}

// paused is how long the button has been pressed, as far as it stops the time.
func (k *Kiosk) paused() time.Duration {
	if k.held.IsZero() {
		return 0
	}
	return min(max(0, k.cfg.Now().Sub(k.held)), holdFor)
}

// passed is how long the state has been shown, without the time that was paused.
func (k *Kiosk) passed() time.Duration { return k.cfg.Now().Sub(k.since) - k.paused() }

// Open reads what a visitor put in. It takes the place of what is shown or under way.
func (k *Kiosk) Open(key string, paths []string) { k.open(key, paths, 0) }

func (k *Kiosk) open(key string, paths []string, others int) {
	if len(paths) == 0 || k.state == KioskStaff {
		return
	}
	k.drop()
	k.job++
	k.key = key
	ctx, cancel := context.WithCancel(context.Background())
	k.cancel = cancel
	paths = paths[:min(len(paths), maxKioskPaths)]
	job, q, engine, m := k.job, k.cfg.Question(), k.cfg.Engine, k.m
	q.Lang = string(m.Lang())
	k.set(KioskWorking)
	go func() {
		left := othersLeft(others)
		answer := kioskRead(ctx, engine, m, q, paths, &left)
		k.cfg.Dispatch(func() { k.answered(job, answer, left.text(m)) })
	}()
}

// kioskRead judges the files and keeps the answer on the worst. It is nil if there was no file or the work was stopped.
func kioskRead(ctx context.Context, e Engine, m *Messages, q verify.Question, paths []string, left *kioskLeft) (worst *KioskAnswer) {
	defer func() {
		if recover() != nil { // a defect costs this visitor's result, not the kiosk
			worst = kioskUnread(m)
		}
	}()
	var files []File
	listing, enough := context.WithCancel(ctx)
	defer enough()
	if err := e.Expand(listing, paths, func(f File) {
		if files = append(files, f); len(files) > KioskFiles {
			left.many = true
			enough()
		}
	}, left.add); err != nil && len(files) == 0 {
		if ctx.Err() != nil {
			return nil
		}
		return kioskUnread(m)
	}
	files = files[:min(len(files), KioskFiles)]
	rank := map[Shape]int{ShapePass: 1, ShapeUnknown: 2, ShapeFail: 3}
	var n [4]int
	for _, f := range files {
		ev, err := e.Gather(ctx, f)
		if ctx.Err() != nil {
			return nil
		}
		a := kioskUnread(m)
		if err == nil && ev != nil {
			a = kioskAnswer(m, e.Judge(ev, q))
		}
		n[rank[a.Shape]]++
		if worst == nil || rank[a.Shape] > rank[worst.Shape] {
			worst = a
		}
	}
	if worst == nil {
		return nil
	}
	worst.Passed, worst.Unsure, worst.Failed, worst.Files = n[1], n[2], n[3], len(files)
	return worst
}

func kioskUnread(m *Messages) *KioskAnswer {
	return &KioskAnswer{Shape: ShapeUnknown, Word: m.Word(verify.Indeterminate), Reason: m.T("kiosk.unread"), Next: m.T("kiosk.unread.next")}
}

// kioskAnswer is what is shown of a report. Number of the identity card and date of birth are masked wherever they stand.
func kioskAnswer(m *Messages, rep *verify.Report) *KioskAnswer {
	c := rep.Certificate
	a := &KioskAnswer{Shape: ShapeOf(rep.Indication), Word: m.Word(rep.Indication), Kind: c.Title, Reason: rep.Reason, Next: visitorNext(m, rep), Specimen: c.Specimen, Read: len(readOff(rep)) > 0}
	if rep.Error != nil {
		if a.Reason == "" {
			a.Reason = rep.Error.Message
		}
		if a.Next == "" {
			a.Next = rep.Error.Next
		}
	}
	hide := []string{c.IDNumber, c.Birth.String()}
	if !c.Birth.IsZero() && c.Birth.HasDay() {
		hide = append(hide, c.Birth.Start().Format("2006年1月2日"), c.Birth.Start().Format("2006年01月02日"))
	}
	for _, s := range hide {
		if s != "" {
			a.Reason, a.Next = strings.ReplaceAll(a.Reason, s, Masked(s)), strings.ReplaceAll(a.Next, s, Masked(s))
		}
	}
	add := func(key, value, masked string) {
		if value != "" {
			a.Facts = append(a.Facts, KioskFact{m.T("kiosk.fact." + key), value, masked})
		}
	}
	add("name", c.Name, c.Name)
	add("number", c.Number, c.Number)
	add("employer", c.Employer, c.Employer)
	if !c.Usage.IsZero() {
		u := c.Usage.From.String() + " – " + c.Usage.To.String()
		add("usage", u, u)
	}
	add("birth", c.Birth.String(), Masked(c.Birth.String()))
	add("id", c.IDNumber, Masked(c.IDNumber))
	return a
}

// Masked hides digits and letters of a text but keeps its form.
func Masked(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || unicode.IsLetter(r) && r < 0x2E80 {
			return '*'
		}
		return r
	}, s)
}

func (k *Kiosk) answered(job int, a *KioskAnswer, left string) {
	if job != k.job || k.state != KioskWorking {
		return
	}
	k.cancel()
	k.cancel = nil
	if a == nil {
		k.nothing(left)
		return
	}
	a.Left = left
	k.show(a)
}

func (k *Kiosk) show(a *KioskAnswer) {
	k.result, k.notice = a, ""
	k.count(a.Shape)
	if k.cfg.Sound != nil {
		k.cfg.Sound(a.Shape)
	}
	k.set(KioskResult)
}

// count adds a result to today's counters.
func (k *Kiosk) count(s Shape) {
	if d := DayOf(k.cfg.Now()); d != k.kept.Day {
		k.kept.Day, k.kept.Passed, k.kept.Failed, k.kept.Unsure = d, 0, 0, 0
	}
	switch s {
	case ShapePass:
		k.kept.Passed++
	case ShapeFail:
		k.kept.Failed++
	default:
		k.kept.Unsure++
	}
	k.save()
}

func (k *Kiosk) save() {
	if k.cfg.Keeper != nil {
		_ = k.cfg.Keeper.Save(k.kept) // counters are no reason to stop
	}
}

// Counts are today's numbers.
func (k *Kiosk) Counts() (passed, failed, unsure int) {
	if k.kept.Day != DayOf(k.cfg.Now()) {
		return 0, 0, 0
	}
	return k.kept.Passed, k.kept.Failed, k.kept.Unsure
}

// Arrived takes what the intake found.
func (k *Kiosk) Arrived(list []KioskArrival) {
	for _, a := range list {
		switch {
		case !a.Gone && len(a.Paths) > 0:
			k.open(a.Key, a.Paths, a.Others)
		case !a.Gone && a.Others > 0 && k.state == KioskIdle:
			left := othersLeft(a.Others)
			k.nothing(left.text(k.m))
		case a.Key == k.key && k.state == KioskWorking:
			k.drop()
			k.notice = k.m.T("kiosk.unplugged")
			k.set(KioskIdle)
		}
	}
}

// drop forgets the visitor and stops work under way.
func (k *Kiosk) drop() {
	k.job++
	if k.cancel != nil {
		k.cancel()
		k.cancel = nil
	}
	k.result, k.notice, k.key = nil, "", ""
	clear(k.buf)
	k.buf = k.buf[:0]
}

// Done wipes at once: the visitor is finished.
func (k *Kiosk) Done() {
	if k.state == KioskIdle || k.state == KioskStaff {
		return
	}
	k.wipe()
}

// Stay shows a result for its whole time again.
func (k *Kiosk) Stay() {
	if k.state == KioskCountdown || k.state == KioskResult {
		k.set(KioskResult)
	}
}

func (k *Kiosk) wipe() {
	k.drop()
	if k.cfg.Wipe != nil {
		go k.cfg.Wipe()
	}
	k.set(KioskWiped)
}

// Timed reports whether the state ends by itself after a time, for which Tick must be called.
func (k *Kiosk) Timed() bool {
	switch k.state {
	case KioskIdle:
		return k.notice != "" || k.m != k.cfg.Messages
	case KioskWorking:
		return false
	}
	return true
}

// Tick lets time pass; it is called a few times a second.
func (k *Kiosk) Tick() {
	passed := k.passed()
	if passed < 0 { // the clock was set back: nothing stays on the screen for longer than it may
		k.since, k.held, passed = k.cfg.Now(), time.Time{}, 0
	}
	switch k.state {
	case KioskResult:
		if passed >= k.cfg.ShowFor {
			k.set(KioskCountdown)
		}
	case KioskCountdown:
		if passed >= k.cfg.CountFor {
			k.wipe()
		} else if n := k.Left(); n != k.lastLeft {
			k.lastLeft = n
			k.cfg.OnChange()
		}
	case KioskWiped:
		if passed >= wipedFor {
			k.invite()
		}
	case KioskIdle:
		switch {
		case k.notice != "" && passed >= k.cfg.CountFor:
			k.notice = ""
			k.set(KioskIdle)
		case k.m != k.cfg.Messages && passed >= langFor:
			k.invite()
		}
	case KioskStaff:
		if passed >= staffFor {
			k.LeaveStaff()
		}
	}
}

// Close stops work under way.
func (k *Kiosk) Close() { k.drop() }

// Rune takes a character that the keyboard, or a scanner that acts as one, sent. It is caught whatever is shown.
func (k *Kiosk) Rune(r rune) {
	if k.state == KioskStaff {
		k.StaffRune(r)
		return
	}
	now := k.cfg.Now()
	if len(k.buf) > 0 && now.Sub(k.typed) > scanPause {
		k.buf = k.buf[:0]
	}
	if k.typed = now; len(k.buf) < maxScanned {
		k.buf = append(k.buf, r)
	}
}

// leastScan is the length from which typed characters count as a scan, so that a lone Enter does nothing.
const leastScan = 4

// Enter ends a scan: what the code says is classified offline and shown. A code alone never passes, nor fails.
func (k *Kiosk) Enter() {
	if k.state == KioskStaff {
		k.StaffEnter()
		return
	}
	text := strings.TrimSpace(string(k.buf))
	clear(k.buf)
	k.buf = k.buf[:0]
	if len([]rune(text)) < leastScan || k.cfg.Now().Sub(k.typed) > scanPause {
		return
	}
	k.drop()
	k.show(kioskCode(k.m, qr.Classify(text, nil, k.cfg.Hosts)))
}

// kioskCode is what is shown of a scanned code.
func kioskCode(m *Messages, p qr.Payload) *KioskAnswer {
	a := &KioskAnswer{Shape: ShapeUnknown, Word: m.Word(verify.Indeterminate), Code: true, Kind: m.T("kiosk.code." + string(p.Kind)), Reason: m.T("kiosk.code.reason"), Next: m.T("kiosk.code.next")}
	if p.LookAlike != "" {
		a.Reason = m.T("kiosk.code.lookalike", "host", p.Host, "known", p.LookAlike)
	}
	add := func(key, value string) {
		if value != "" {
			shown := value
			if key == "birth" || key == "id" {
				shown = Masked(value)
			}
			a.Facts = append(a.Facts, KioskFact{m.T("kiosk.fact." + key), value, shown})
		}
	}
	add("host", p.Host)
	add("owner", p.Owner)
	add("name", p.Fields["name"])
	add("number", p.Fields["number"])
	add("employer", p.Fields["employer"])
	add("birth", p.Fields["birth"])
	add("id", p.Fields["idNumber"])
	if p.Ecert != nil {
		add("ecert", p.Fields["ecertID"])
	}
	return a
}
