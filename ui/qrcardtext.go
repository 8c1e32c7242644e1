package ui

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// markedText is a wrapped text in which some characters are marked: in another colour, on a tinted ground and underlined,
// so that the mark is seen without colours too.
type markedText struct {
	widget.BaseWidget
	th    *Theme
	runs  []viewmodel.TextRun
	color fyne.ThemeColorName
	width float32 // that the lines were made for
	parts []textPart
	high  float32
}

var _ fyne.Accessible = (*markedText)(nil)

// textPart is a stretch of one mark on one line.
type textPart struct {
	text    string
	differs bool
	at      fyne.Position
	width   float32
}

// markedMin is the width below which a text is not squeezed.
const markedMin = 64

func newMarkedText(th *Theme, runs []viewmodel.TextRun, c fyne.ThemeColorName) *markedText {
	w := &markedText{th: th, runs: runs, color: c}
	w.flow(markedMin * 2)
	w.ExtendBaseWidget(w)
	return w
}

// flow breaks the text into lines of a width: between any two characters beyond ASCII, and inside a word that is longer
// than a line.
func (w *markedText) flow(width float32) {
	size := w.th.Size(theme.SizeNameText) - 1
	measure := func(s string) fyne.Size { return fyne.MeasureText(s, size, fyne.TextStyle{}) }
	lineHigh := measure("国Mg").Height + 2
	w.width, w.parts = width, nil
	x, y := float32(0), float32(0)
	put := func(s string, differs bool, wide float32) {
		if n := len(w.parts); n > 0 && w.parts[n-1].differs == differs && w.parts[n-1].at.Y == y && x > 0 {
			w.parts[n-1].text += s
			w.parts[n-1].width += wide
		} else {
			w.parts = append(w.parts, textPart{s, differs, fyne.NewPos(x, y), wide})
		}
		x += wide
	}
	for _, r := range w.runs {
		for _, word := range words(r.Text) {
			if word == "\n" {
				x, y = 0, y+lineHigh
				continue
			}
			wide := measure(word).Width
			if x > 0 && x+wide > width {
				x, y = 0, y+lineHigh
			}
			if wide <= width {
				put(word, r.Differs, wide)
				continue
			}
			for _, c := range word {
				wide := measure(string(c)).Width
				if x > 0 && x+wide > width {
					x, y = 0, y+lineHigh
				}
				put(string(c), r.Differs, wide)
			}
		}
	}
	w.high = y + lineHigh
}

// longWord is the number of bytes beyond which a word may be broken anywhere.
const longWord = 12

// words cuts a text where a line may end: after spaces and dashes of a period, and around every character that is not of a Latin word or number.
func words(s string) []string {
	var out []string
	var word strings.Builder
	end := func() {
		if word.Len() > longWord { // a number or a key fills its lines
			for _, r := range word.String() {
				out = append(out, string(r))
			}
		} else if word.Len() > 0 {
			out = append(out, word.String())
		}
		word.Reset()
	}
	for _, r := range s {
		switch {
		case r == '\n', r >= 0x2e80:
			end()
			out = append(out, string(r))
		case unicode.IsSpace(r), r == '~':
			word.WriteRune(r)
			end()
		default:
			word.WriteRune(r)
		}
	}
	end()
	return out
}

// Resize implements fyne.Widget; another width makes other lines.
func (w *markedText) Resize(s fyne.Size) {
	if s.Width > 0 && s.Width != w.width {
		w.flow(s.Width)
		w.BaseWidget.Resize(s)
		w.Refresh()
		return
	}
	w.BaseWidget.Resize(s)
}

// MinSize implements fyne.Widget.
func (w *markedText) MinSize() fyne.Size { return fyne.NewSize(markedMin, w.high) }

// CreateRenderer implements fyne.Widget.
func (w *markedText) CreateRenderer() fyne.WidgetRenderer {
	r := &markedRenderer{w: w}
	r.build()
	return r
}

// AccessibilityLabel implements fyne.Accessible: marked characters stand in brackets.
func (w *markedText) AccessibilityLabel() string {
	var b strings.Builder
	for _, r := range w.runs {
		if r.Differs {
			b.WriteString("[" + r.Text + "]")
		} else {
			b.WriteString(r.Text)
		}
	}
	return b.String()
}

// AccessibilityRole implements fyne.Accessible.
func (w *markedText) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

type markedRenderer struct {
	w       *markedText
	objects []fyne.CanvasObject
}

func (r *markedRenderer) build() {
	w := r.w
	r.objects = nil
	for _, p := range w.parts {
		t := line(w.th, p.text, theme.SizeNameText, w.color)
		t.TextSize = w.th.Size(theme.SizeNameText) - 1
		high := t.MinSize().Height
		if p.differs {
			ground := canvas.NewRectangle(w.th.C(colorUnkTint))
			ground.Move(p.at)
			ground.Resize(fyne.NewSize(p.width, high))
			under := canvas.NewRectangle(w.th.C(colorFail))
			under.Move(p.at.AddXY(0, high-1))
			under.Resize(fyne.NewSize(p.width, 2))
			t.Color = w.th.C(colorFail)
			r.objects = append(r.objects, ground, under)
		}
		t.Move(p.at)
		t.Resize(fyne.NewSize(p.width, high))
		r.objects = append(r.objects, t)
	}
}

// Layout implements fyne.WidgetRenderer; the parts know their places.
func (r *markedRenderer) Layout(fyne.Size) {}

// MinSize implements fyne.WidgetRenderer.
func (r *markedRenderer) MinSize() fyne.Size { return r.w.MinSize() }

// Refresh implements fyne.WidgetRenderer.
func (r *markedRenderer) Refresh() {
	r.build()
	canvas.Refresh(r.w)
}

// Objects implements fyne.WidgetRenderer.
func (r *markedRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Destroy implements fyne.WidgetRenderer.
func (r *markedRenderer) Destroy() {}
