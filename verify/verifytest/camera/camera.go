// Package camera turns a printed page into the picture of it that people hand in: a phone photo on a desk, or a scan.
// Every picture comes with its exact truth: where each point of the page lies in it. The same page, Shot and seed give
// the same picture on every machine, so that figures measured on them can be measured again.
//
// Lengths on paper are millimetres from the page's top left corner, x to the right and y down; places in a picture are
// pixels with the origin at the top left corner of the first pixel.
package camera

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"

	xdraw "golang.org/x/image/draw"

	"zhengyan/verify/page"
)

// Paper sizes in millimetres (ISO 216).
const (
	A4Width  = 210.0
	A4Height = 297.0
)

// Sheet is a printed page.
type Sheet struct {
	Image *image.RGBA
	W, H  float64 // mm
}

// A4 is the sheet whose whole face is the picture.
func A4(img *image.RGBA) Sheet { return Sheet{img, A4Width, A4Height} }

// Picture is a photo or scan and what is true of it.
type Picture struct {
	// Image is what a reader of the file sees: the pixels after compression.
	Image image.Image
	JPEG  []byte
	Truth Truth
}

// Truth is where the page lies in the picture.
type Truth struct {
	W, H float64 // of the page in mm
	// Corners are the page's own top left, top right, bottom right and bottom left corners, whichever way up it lies.
	// Those of a page that is cut off lie outside of the picture.
	Corners [4]page.Point
	// PrintScale is how much smaller than the page the print on it is; both have the same middle.
	PrintScale float64
	// ToPixel takes a place on the page in mm to the picture.
	ToPixel func(x, y float64) page.Point
}

// PrintToPixel takes a place of the print, in mm from its own top left corner, to the picture.
func (t Truth) PrintToPixel(x, y float64) page.Point {
	return t.ToPixel((x-t.W/2)*t.PrintScale+t.W/2, (y-t.H/2)*t.PrintScale+t.H/2)
}

func printScale(v float64) float64 {
	if v == 0 {
		return 1
	}
	return v
}

// PixelsPerMM is the mean scale of the page in the picture.
func (t Truth) PixelsPerMM() float64 {
	per := 0.0
	for i, c := range t.Corners {
		per += dist(c, t.Corners[(i+1)%4])
	}
	return per / (2 * (t.W + t.H))
}

// Desk is what the page lies on.
type Desk int

// The desks.
const (
	DeskDark Desk = iota
	DeskLight
	DeskWhite
	DeskWood
	DeskCloth
	DeskClutter  // other sheets around and under the page
	DeskKeyboard // rows of keys beside it
	DeskPattern  // a checked or striped cover
	Desks        = int(DeskPattern) + 1
)

func (d Desk) String() string {
	return [Desks]string{"dark", "light", "white", "wood", "cloth", "clutter", "keyboard", "pattern"}[d]
}

// Shot says how a photo is taken. The zero value is no useful one; see Shots.
type Shot struct {
	Desk          Desk
	Width, Height int     // pixels of the camera's picture
	Pitch, Yaw    float64 // degrees by which the camera leans away from straight above
	Roll          float64 // degrees by which the page is turned in the picture
	Fill          float64 // share of the picture's side that the page takes up
	AimX, AimY    float64 // how far the page lies off the middle, in shares of the room that is left, -1 to 1
	Focal         float64 // focal length in long sides of the picture: 0.72 for a 26 mm lens
	Lens          float64 // radial distortion at the corner of the picture, as a share (negative: barrel)
	Defocus       float64 // standard deviation in pixels
	Motion        float64 // length in pixels
	MotionAngle   float64 // degrees
	Gradient      float64 // share of light lost from one side to the other
	Shadows       int     // soft shadows of a hand or a head
	ShadowDepth   float64 // share of light that they take
	Moire         float64 // amplitude as a share, of stripes over the whole picture
	Exposure      float64 // 1 is right, 0.3 is a dark room
	Tint          [3]float64
	Noise         float64 // standard deviation in 8-bit steps at middle grey
	Curl          float64 // height of the bend in mm
	CurlAngle     float64 // degrees of the direction in which the paper bends
	CurlCorner    bool    // only the two ends lift, instead of an arch
	CutOff        float64 // share of the page's height that lies outside of the picture
	CutSide       int     // 0 top, 1 right, 2 bottom, 3 left of the picture
	PrintScale    float64 // of the print on the paper: 0.97 where the printer left white margins; 0 means 1
	Quality       int     // of the JPEG
	Chat          bool    // sent through a chat program: 1600 pixels, quality 60
	Screen        bool    // not paper at all, but a page shown on a monitor
	NoSheet       bool    // the desk alone
	Second        bool    // another whole sheet beside the page
}

// Chat programs' pictures.
const (
	chatSide    = 1600
	chatQuality = 60
)

// Photograph takes the photo.
func Photograph(p Sheet, s Shot, seed uint64) Picture {
	rng := rand.New(rand.NewPCG(seed, 0x70686f746f))
	l := newLens(p, s)
	img := expose(p, s, l, rng)
	blur(img, s.Defocus)
	motion(img, s.Motion, s.MotionAngle)
	develop(img, s, rng)
	truth := Truth{W: p.W, H: p.H, PrintScale: printScale(s.PrintScale), ToPixel: l.toPixel}
	q := s.Quality
	out := img.rgba()
	if s.Chat {
		k := float64(chatSide) / float64(max(s.Width, s.Height))
		small := image.NewRGBA(image.Rect(0, 0, int(float64(s.Width)*k+0.5), int(float64(s.Height)*k+0.5)))
		xdraw.BiLinear.Scale(small, small.Rect, out, out.Rect, xdraw.Src, nil)
		kx, ky := float64(small.Rect.Dx())/float64(s.Width), float64(small.Rect.Dy())/float64(s.Height)
		out, q = small, chatQuality
		truth.ToPixel = func(x, y float64) page.Point {
			c := l.toPixel(x, y)
			return page.Point{X: c.X * kx, Y: c.Y * ky}
		}
	}
	return finish(out, q, truth)
}

// finish compresses the picture and reads it back.
func finish(img image.Image, quality int, t Truth) Picture {
	if quality <= 0 {
		quality = 85
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		panic(err) // the encoder fails only on writing, and on pictures over 65,535 pixels
	}
	back, err := jpeg.Decode(bytes.NewReader(b.Bytes()))
	if err != nil {
		panic(err)
	}
	for i, c := range [4][2]float64{{0, 0}, {t.W, 0}, {t.W, t.H}, {0, t.H}} {
		t.Corners[i] = t.ToPixel(c[0], c[1])
	}
	return Picture{Image: back, JPEG: b.Bytes(), Truth: t}
}
