// Package sim prints, signs, stamps, spoils and scans certificates of invented people, with the answer known. It serves
// tests and measurements of presence and likeness; everything follows from a seed. Seeds from 100000 on are kept for
// measuring and are never looked at while the method is changed.
package sim

import (
	"math/rand/v2"
)

// FirstTestSeed begins the seeds that are kept for measuring.
const FirstTestSeed = 100000

// Trap names what is special about a print.
type Trap string

// The prints that carry no writing in the box.
const (
	Unsigned   Trap = "unsigned"
	DateOnly   Trap = "date-only"
	SealAcross Trap = "seal-across" // a practice seal on the box, seen in colour
	SealGrey   Trap = "seal-grey"   // the same on a grey scan
	NameStamp  Trap = "name-stamp"  // a square name seal 签名章 in the box
	Smudge     Trap = "smudge"
	Fold       Trap = "fold"
	Streak     Trap = "streak" // of a sheet-fed scanner
	Hair       Trap = "hair"
	Shadow     Trap = "shadow"
	Specks     Trap = "specks" // stray toner
)

// The prints that are signed.
const (
	Beside  Trap = "beside"  // behind the label
	Overlap Trap = "overlap" // half over the printed signature image
	Over    Trap = "over"    // over the printed signature image
	Along   Trap = "along"   // following the lines of the printed image
	Tiny    Trap = "tiny"    // a small name, written downwards
	Faint   Trap = "faint"   // with a pale pen
)

// Negatives and Positives list the traps in the order of the report.
func Negatives() []Trap {
	return []Trap{Unsigned, DateOnly, SealAcross, SealGrey, NameStamp, Smudge, Fold, Streak, Hair, Shadow, Specks}
}

// Positives lists the signed ones.
func Positives() []Trap { return []Trap{Beside, Overlap, Over, Along, Tiny, Faint} }

// Carrier is how the print became a picture.
type Carrier string

// The carriers.
const (
	FlatScan  Carrier = "scan"
	Photo     Carrier = "photo"
	ChatPhoto Carrier = "chat-photo" // a photo made small by a messenger
	ChatScan  Carrier = "chat-scan"
)

// Hand says who wrote.
type Hand string

// The hands.
const (
	SameHand  Hand = "same"
	OtherHand Hand = "other"     // another person writes the same name in an own way
	Imitation Hand = "imitation" // another person imitates the printed image
)

// Pen is what was written with.
type Pen struct {
	Name     string
	Colour   [3]float64 // 0..1
	Strength float64    // cover at the middle of a line
	Width    float64    // millimetres
	Skips    float64    // share of the line that a ball leaves bare
}

// Plan is what a seed stands for. Change it before Make to ask for something else.
type Plan struct {
	Seed    uint64
	Trap    Trap
	Signed  bool
	Carrier Carrier
	DPI     float64 // of the picture on the paper, about
	Grey    bool
	Quality int // of JPEG
	Shrink  float64
	Pen     Pen
	Hand    Hand
	Person  uint64
	Image   int  // the printed signature image: 0 black, 1 grey, 2 blue-grey, 3 black in a drawn box
	WithBox bool // the reader of the face found the label
	KnowDPI bool
	// Extras that do not change the answer.
	DateToo, SealToo, Dirty bool
	sheet                   uint64
}

// sheetRun is the number of neighbouring seeds that share a page and a printer, so that it is drawn once.
const sheetRun = 20

// PlanOf returns what a seed stands for. Half of all seeds are signed.
func PlanOf(seed uint64) Plan {
	rng := rand.New(rand.NewPCG(seed, 0x696e6b))
	p := Plan{Seed: seed, sheet: seed / sheetRun, Person: seed*2 + 1}
	pick := func(w ...float64) int {
		sum := 0.0
		for _, v := range w {
			sum += v
		}
		x := rng.Float64() * sum
		for i, v := range w {
			if x -= v; x < 0 {
				return i
			}
		}
		return len(w) - 1
	}
	p.Signed = rng.IntN(2) == 0
	if p.Signed {
		p.Trap = Positives()[pick(34, 20, 14, 10, 10, 12)]
	} else {
		p.Trap = Negatives()[pick(24, 14, 10, 4, 7, 9, 9, 9, 5, 5, 4)]
	}
	p.Carrier = []Carrier{FlatScan, Photo, ChatPhoto, ChatScan}[pick(62, 20, 11, 7)]
	switch p.Carrier {
	case FlatScan:
		p.DPI = []float64{100, 150, 200, 300}[pick(15, 30, 35, 20)]
		p.Quality = []int{0, 92, 80, 65, 50}[pick(15, 25, 30, 20, 10)]
	case Photo:
		p.DPI = 135 + 90*rng.Float64()
		p.Quality = 75 + rng.IntN(18)
	case ChatPhoto:
		p.DPI = 95 + 35*rng.Float64()
		p.Quality = 50 + rng.IntN(20)
	case ChatScan:
		p.DPI = 105 + 40*rng.Float64()
		p.Quality = 50 + rng.IntN(20)
	}
	p.Grey = rng.Float64() < 0.14
	p.Shrink = 0.93 + 0.07*rng.Float64()
	if rng.IntN(3) == 0 {
		p.Shrink = 1
	}
	p.Pen = pens()[pick(30, 20, 25, 15)]
	if p.Trap == Faint {
		p.Pen = faintPens()[rng.IntN(2)]
	}
	p.Pen.Width *= 0.85 + 0.3*rng.Float64()
	p.Hand = []Hand{SameHand, OtherHand, Imitation}[pick(60, 25, 15)]
	p.Image = pick(62, 14, 14, 10)
	p.WithBox = rng.Float64() < 0.6
	p.KnowDPI = rng.Float64() < 0.7
	p.DateToo = p.Trap != DateOnly && rng.Float64() < 0.25
	p.SealToo = p.Signed && rng.Float64() < 0.08
	p.Dirty = rng.Float64() < 0.15
	switch p.Trap {
	case SealGrey:
		p.Grey = true
	case SealAcross:
		p.Grey = false
	case Streak:
		if p.Carrier == Photo || p.Carrier == ChatPhoto {
			p.Carrier, p.DPI = FlatScan, 200
		}
	case Shadow:
		if p.Carrier == FlatScan || p.Carrier == ChatScan {
			p.Carrier, p.DPI = Photo, 150
		}
	}
	return p
}

func pens() []Pen {
	return []Pen{
		{"black gel", [3]float64{0.07, 0.07, 0.09}, 0.96, 0.55, 0},
		{"black ball", [3]float64{0.16, 0.16, 0.2}, 0.85, 0.4, 0.25},
		{"blue", [3]float64{0.12, 0.2, 0.58}, 0.88, 0.45, 0.15},
		{"blue-black", [3]float64{0.12, 0.15, 0.34}, 0.9, 0.5, 0.1},
	}
}

func faintPens() []Pen {
	return []Pen{
		{"faint blue", [3]float64{0.33, 0.42, 0.72}, 0.72, 0.36, 0.2},
		{"faint black", [3]float64{0.38, 0.38, 0.4}, 0.75, 0.34, 0.25},
	}
}
