package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// Colour names of our own. The verdict colours differ in hue and in lightness (teal, vermilion, amber), so they are told
// apart with any colour vision; a shape and a word stand beside each in any case.
const (
	colorSurface   fyne.ThemeColorName = "zySurface"   // cards
	colorBorder    fyne.ThemeColorName = "zyBorder"    // their edges
	colorSecondary fyne.ThemeColorName = "zySecondary" // less important text
	colorDesk      fyne.ThemeColorName = "zyDesk"      // behind the page's picture
	colorPass      fyne.ThemeColorName = "zyPass"
	colorFail      fyne.ThemeColorName = "zyFail"
	colorUnknown   fyne.ThemeColorName = "zyUnknown"
	colorSkip      fyne.ThemeColorName = "zySkip"
	colorPassTint  fyne.ThemeColorName = "zyPassTint"
	colorFailTint  fyne.ThemeColorName = "zyFailTint"
	colorUnkTint   fyne.ThemeColorName = "zyUnknownTint"
	colorSkipTint  fyne.ThemeColorName = "zySkipTint"
	colorGlyph     fyne.ThemeColorName = "zyGlyph" // on a verdict colour
)

// Theme is the window's look: the bundled font, calm colours in a light and a dark set, and slightly tighter spacing.
type Theme struct {
	base    fyne.Theme
	font    fyne.Resource // nil: the toolkit's own font and the system's
	dark    bool
	size100 float32 // of texts, 1 for the normal size
	set     map[fyne.ThemeColorName]color.NRGBA
	size    map[fyne.ThemeSizeName]float32
}

// look is what a person has chosen of the window's face. scale is the size of texts in percent.
type look struct {
	dark, contrast bool
	scale          int
}

// NewTheme returns the theme with a font (TrueType bytes, may be nil), light or dark.
func NewTheme(font []byte, dark bool) *Theme { return newTheme(font, look{dark: dark, scale: 100}) }

// newTheme returns the theme of a look. The high contrast is white and bright colours on black.
func newTheme(font []byte, l look) *Theme {
	t := &Theme{base: theme.DefaultTheme(), dark: l.dark || l.contrast, set: lightColors(), size: sizes(), size100: max(0.5, float32(l.scale)/100)}
	switch {
	case l.contrast:
		t.set = contrastColors()
	case l.dark:
		t.set = darkColors()
	}
	for name, s := range t.size {
		switch name {
		case theme.SizeNameText, theme.SizeNameCaptionText, theme.SizeNameSubHeadingText, theme.SizeNameHeadingText, theme.SizeNameLineSpacing:
			t.size[name] = s * t.size100
		}
	}
	t.size[theme.SizeNameInlineIcon] = t.base.Size(theme.SizeNameInlineIcon) * (1 + (t.size100-1)/2)
	if len(font) > 0 {
		t.font = fyne.NewStaticResource("zhengyan-font.ttf", font)
		oneFace()
	}
	return t
}

func sizes() map[fyne.ThemeSizeName]float32 {
	return map[fyne.ThemeSizeName]float32{
		theme.SizeNameText: 14, theme.SizeNameCaptionText: 12, theme.SizeNameSubHeadingText: 16, theme.SizeNameHeadingText: 26,
		theme.SizeNamePadding: 4, theme.SizeNameInnerPadding: 7, theme.SizeNameLineSpacing: 4, theme.SizeNameInputRadius: 6,
		theme.SizeNameButtonRadius: 6, theme.SizeNameSelectionRadius: 6, theme.SizeNameScrollBar: 10, theme.SizeNameScrollBarSmall: 4,
	}
}

func lightColors() map[fyne.ThemeColorName]color.NRGBA {
	return map[fyne.ThemeColorName]color.NRGBA{
		theme.ColorNameBackground: rgb(0xF4F6F9), theme.ColorNameForeground: rgb(0x17222E), theme.ColorNamePrimary: rgb(0x1D5FB4),
		theme.ColorNameHyperlink: rgb(0x1D5FB4), theme.ColorNameInputBackground: rgb(0xFFFFFF), theme.ColorNameInputBorder: rgb(0xC3CDD8),
		theme.ColorNameButton: rgb(0xE7ECF2), theme.ColorNameHover: rgba(0x17222E, 0x14), theme.ColorNamePressed: rgba(0x17222E, 0x28),
		theme.ColorNameFocus: rgba(0x1D5FB4, 0x48), theme.ColorNameSelection: rgba(0x1D5FB4, 0x2E), theme.ColorNameSeparator: rgb(0xDDE3EA),
		theme.ColorNameDisabled: rgb(0x66737F), theme.ColorNamePlaceHolder: rgb(0x6B7988), theme.ColorNameMenuBackground: rgb(0xFFFFFF),
		theme.ColorNameOverlayBackground: rgb(0xFFFFFF), theme.ColorNameScrollBar: rgba(0x17222E, 0x66), theme.ColorNameHeaderBackground: rgb(0xEAEEF3),
		theme.ColorNameShadow: rgba(0x000000, 0x30), theme.ColorNameForegroundOnPrimary: rgb(0xFFFFFF), theme.ColorNameDisabledButton: rgb(0xEDF0F4),
		theme.ColorNameError: rgb(0xB3261E), theme.ColorNameWarning: rgb(0x8F5600), theme.ColorNameSuccess: rgb(0x0B6E63),
		colorSurface: rgb(0xFFFFFF), colorBorder: rgb(0xDCE2E9), colorSecondary: rgb(0x55636F), colorDesk: rgb(0xDFE4EA),
		colorPass: rgb(0x0B7A6E), colorFail: rgb(0xB3261E), colorUnknown: rgb(0x9A5F00), colorSkip: rgb(0x75818D),
		colorPassTint: rgb(0xE4F4F1), colorFailTint: rgb(0xFCEAE7), colorUnkTint: rgb(0xFDF2DC), colorSkipTint: rgb(0xEEF1F4), colorGlyph: rgb(0xFFFFFF),
	}
}

func darkColors() map[fyne.ThemeColorName]color.NRGBA {
	return map[fyne.ThemeColorName]color.NRGBA{
		theme.ColorNameBackground: rgb(0x11171D), theme.ColorNameForeground: rgb(0xE7ECF1), theme.ColorNamePrimary: rgb(0x5B9DF0),
		theme.ColorNameHyperlink: rgb(0x7FB4F5), theme.ColorNameInputBackground: rgb(0x202932), theme.ColorNameInputBorder: rgb(0x3D4A57),
		theme.ColorNameButton: rgb(0x26313B), theme.ColorNameHover: rgba(0xFFFFFF, 0x14), theme.ColorNamePressed: rgba(0xFFFFFF, 0x28),
		theme.ColorNameFocus: rgba(0x5B9DF0, 0x58), theme.ColorNameSelection: rgba(0x5B9DF0, 0x3C), theme.ColorNameSeparator: rgb(0x2B3641),
		theme.ColorNameDisabled: rgb(0x97A4B0), theme.ColorNamePlaceHolder: rgb(0x93A1AE), theme.ColorNameMenuBackground: rgb(0x202932),
		theme.ColorNameOverlayBackground: rgb(0x1A222A), theme.ColorNameScrollBar: rgba(0xFFFFFF, 0x55), theme.ColorNameHeaderBackground: rgb(0x1F2832),
		theme.ColorNameShadow: rgba(0x000000, 0x70), theme.ColorNameForegroundOnPrimary: rgb(0x0B1117), theme.ColorNameDisabledButton: rgb(0x1E262E),
		theme.ColorNameError: rgb(0xFF8B78), theme.ColorNameWarning: rgb(0xF3BC55), theme.ColorNameSuccess: rgb(0x55CBB8),
		colorSurface: rgb(0x1A222A), colorBorder: rgb(0x2D3843), colorSecondary: rgb(0xA3B0BC), colorDesk: rgb(0x0B1015),
		colorPass: rgb(0x55CBB8), colorFail: rgb(0xFF8B78), colorUnknown: rgb(0xF3BC55), colorSkip: rgb(0x8B98A5),
		colorPassTint: rgb(0x123430), colorFailTint: rgb(0x40201C), colorUnkTint: rgb(0x3B2E14), colorSkipTint: rgb(0x242D36), colorGlyph: rgb(0x0F151B),
	}
}

func contrastColors() map[fyne.ThemeColorName]color.NRGBA {
	c := darkColors()
	for name, v := range map[fyne.ThemeColorName]uint32{
		theme.ColorNameBackground: 0x000000, theme.ColorNameForeground: 0xFFFFFF, theme.ColorNamePrimary: 0xFFE14D, theme.ColorNameHyperlink: 0x9CCBFF,
		theme.ColorNameInputBackground: 0x000000, theme.ColorNameInputBorder: 0xFFFFFF, theme.ColorNameButton: 0x2A2A2A, theme.ColorNameSeparator: 0xFFFFFF,
		theme.ColorNameDisabled: 0xC8C8C8, theme.ColorNamePlaceHolder: 0xD8D8D8, theme.ColorNameMenuBackground: 0x000000, theme.ColorNameOverlayBackground: 0x000000,
		theme.ColorNameHeaderBackground: 0x1C1C1C, theme.ColorNameForegroundOnPrimary: 0x000000, theme.ColorNameDisabledButton: 0x1C1C1C,
		theme.ColorNameError: 0xFF9C8C, theme.ColorNameWarning: 0xFFD166, theme.ColorNameSuccess: 0x6FF0DC,
		colorSurface: 0x000000, colorBorder: 0xFFFFFF, colorSecondary: 0xEDEDED, colorDesk: 0x1A1A1A, colorPass: 0x6FF0DC, colorFail: 0xFF9C8C, colorUnknown: 0xFFD166,
		colorSkip: 0xD0D0D0, colorPassTint: 0x00201C, colorFailTint: 0x2A0805, colorUnkTint: 0x2A1F00, colorSkipTint: 0x1C1C1C, colorGlyph: 0x000000,
	} {
		c[name] = rgb(v)
	}
	c[theme.ColorNameFocus], c[theme.ColorNameSelection], c[theme.ColorNameHover] = rgba(0xFFE14D, 0x70), rgba(0xFFE14D, 0x40), rgba(0xFFFFFF, 0x30)
	return c
}

func rgb(v uint32) color.NRGBA { return rgba(v, 0xFF) }

func rgba(v uint32, a uint8) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: a}
}

// oneFace lets the toolkit's buttons and headings ask for the normal face and not for a bold one, which the bundled font does
// not have: they look the same, but the toolkit would parse the font once more, at 35 MB and a tenth of a second.
func oneFace() {
	for _, s := range []*widget.RichTextStyle{&widget.RichTextStyleStrong, &widget.RichTextStyleHeading, &widget.RichTextStyleSubHeading} {
		s.TextStyle.Bold = false
	}
}

// nothing is the colour of what is not to be seen. The toolkit passes over this very value; any other it draws, the fully
// transparent ones too, which for the cells of a table costs as much as the table.
func nothing() color.Color { return color.Transparent }

// Dark reports whether the dark set is in use.
func (t *Theme) Dark() bool { return t.dark }

// Scale is the size of texts in relation to the normal one.
func (t *Theme) Scale() float32 { return t.size100 }

// C returns a colour of the set.
func (t *Theme) C(name fyne.ThemeColorName) color.Color { return t.Color(name, theme.VariantLight) }

// Color implements fyne.Theme; the system's variant is not asked, the person's choice holds.
func (t *Theme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	if c, ok := t.set[name]; ok {
		return c
	}
	if t.dark {
		return t.base.Color(name, theme.VariantDark)
	}
	return t.base.Color(name, theme.VariantLight)
}

// Font implements fyne.Theme. Symbols and fixed-width text keep the toolkit's fonts.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	if t.font == nil || style.Symbol || style.Monospace {
		return t.base.Font(style)
	}
	return t.font
}

// Icon implements fyne.Theme.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.base.Icon(name) }

// Size implements fyne.Theme.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := t.size[name]; ok {
		return s
	}
	return t.base.Size(name)
}

// ink and tint are the colours of a shape.
func ink(s viewmodel.Shape) fyne.ThemeColorName {
	switch s {
	case viewmodel.ShapePass:
		return colorPass
	case viewmodel.ShapeFail:
		return colorFail
	case viewmodel.ShapeUnknown:
		return colorUnknown
	}
	return colorSkip
}

func tint(s viewmodel.Shape) fyne.ThemeColorName {
	switch s {
	case viewmodel.ShapePass:
		return colorPassTint
	case viewmodel.ShapeFail:
		return colorFailTint
	case viewmodel.ShapeUnknown:
		return colorUnkTint
	}
	return colorSkipTint
}
