package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"zhengyan/ui/viewmodel"
)

// settingsScreen holds what a person or an administrator chooses for this machine.
type settingsScreen struct {
	AloneScreen
	w    *Window
	root fyne.CanvasObject
}

func newSettingsScreen(w *Window) Screen {
	s := &settingsScreen{w: w}
	th, m, set := w.th, w.m, w.settings
	name := newKeyEntry(w)
	name.SetText(set.Operator)
	name.onLeave = func() {
		if name.Text != w.settings.Operator {
			w.change(func(v *viewmodel.Settings) { v.Operator = name.Text })
			w.session.SetOperator(name.Text)
		}
	}
	name.OnSubmitted = func(string) { name.onLeave() }

	var policies []string
	for _, p := range w.o.Policies {
		policies = append(policies, m.Or("policy."+p, p))
	}
	policy := widget.NewSelect(policies, nil)
	for i, p := range w.o.Policies {
		if p == set.Policy || set.Policy == "" && p == w.session.Question().Policy {
			policy.SetSelectedIndex(i)
		}
	}
	lock := newCheck(m.T("settings.policy.lock"), nil)
	lock.SetChecked(set.PolicyLocked)
	policy.OnChanged = func(string) {
		if i := policy.SelectedIndex(); i >= 0 {
			w.change(func(v *viewmodel.Settings) { v.Policy = w.o.Policies[i] })
			q := w.session.Question()
			q.Policy = w.o.Policies[i]
			w.session.Ask(q)
		}
	}
	lock.OnChanged = func(on bool) {
		if on == w.settings.PolicyLocked {
			return
		}
		w.ask(m.T("settings.policy.lock"), para(th, m.T("settings.policy.lock.ask"), theme.SizeNameText, widget.MediumImportance), m.T("common.ok"), func() {
			w.closeDialog()
			p := w.session.Question().Policy
			w.change(func(v *viewmodel.Settings) { v.PolicyLocked, v.Policy = true, p })
			w.header.lock()
			policy.Disable()
			lock.Disable()
		})
		w.unasked = func() { lock.SetChecked(w.settings.PolicyLocked) }
	}
	if set.PolicyLocked {
		policy.Disable()
		lock.Disable()
	}
	check := func(key string, on bool, f func(v *viewmodel.Settings, on bool)) fyne.CanvasObject {
		c := newCheck(m.T(key), nil)
		c.SetChecked(on)
		c.OnChanged = func(on bool) { w.change(func(v *viewmodel.Settings) { f(v, on) }) }
		return column(0, c, pad(para(th, m.T(key+".hint"), theme.SizeNameCaptionText, widget.LowImportance), 0, 0, 30, 0))
	}
	looks := widget.NewRadioGroup([]string{m.T("settings.look.light"), m.T("settings.look.dark"), m.T("settings.look.contrast")}, nil)
	looks.Horizontal = true
	at := 0
	if w.look.dark {
		at = 1
	}
	if w.look.contrast {
		at = 2
	}
	looks.SetSelected(looks.Options[at])
	looks.OnChanged = func(text string) {
		for i, o := range looks.Options {
			if o == text {
				w.setLook(look{dark: i == 1, contrast: i == 2, scale: w.look.scale})
			}
		}
	}
	sizes := widget.NewRadioGroup(nil, nil)
	sizes.Horizontal = true
	for _, p := range textScales() {
		sizes.Options = append(sizes.Options, strconv.Itoa(p)+" %")
		if p == w.look.scale {
			sizes.SetSelected(strconv.Itoa(p) + " %")
		}
	}
	sizes.OnChanged = func(text string) {
		for i, o := range sizes.Options {
			if o == text {
				w.setLook(look{dark: w.look.dark, contrast: w.look.contrast, scale: textScales()[i]})
			}
		}
	}
	langs := widget.NewRadioGroup([]string{"中文", "English"}, nil)
	langs.Horizontal = true
	langs.SetSelected(map[viewmodel.Lang]string{viewmodel.Chinese: "中文", viewmodel.English: "English"}[m.Lang()])
	langs.OnChanged = func(text string) {
		if (text == "English") != (w.m.Lang() == viewmodel.English) {
			w.switchLanguage()
		}
	}
	row := func(key string, o fyne.CanvasObject) fyne.CanvasObject {
		return container.NewBorder(nil, nil, container.New(&fixedWidth{150 * th.Scale()}, centred(line(th, m.T(key), theme.SizeNameText, colorSecondary))), nil, o)
	}
	left := column(12,
		card(th, m.T("settings.look"), nil, column(8, row("settings.language", langs), row("settings.look", looks), row("settings.size", sizes))),
		card(th, m.T("settings.person"), nil, column(8, row("settings.operator", name), para(th, m.T("settings.operator.hint"), theme.SizeNameCaptionText, widget.LowImportance))),
	)
	right := column(12,
		card(th, m.T("settings.policy"), nil, column(8, row("settings.policy", policy), lock, para(th, m.T("settings.policy.hint"), theme.SizeNameCaptionText, widget.LowImportance))),
		card(th, m.T("settings.records"), nil, column(8,
			check("settings.audit", set.Audit, func(v *viewmodel.Settings, on bool) { v.Audit = on }),
			check("settings.keep", set.KeepBatch, func(v *viewmodel.Settings, on bool) { v.KeepBatch = on }))),
		card(th, m.T("settings.more"), nil, rowOf(8, newButton(m.T("settings.tour"), w.tour), newButton(m.T("menu.help"), w.help), newButton(m.T("menu.about"), w.about))),
	)
	s.root = scrolled(th, pad(container.New(&halves{gap: 12}, left, right), 14, 14, 16, 16))
	return s
}

func (s *settingsScreen) Key() string               { return "settings" }
func (s *settingsScreen) Icon() fyne.Resource       { return theme.SettingsIcon() }
func (s *settingsScreen) Object() fyne.CanvasObject { return s.root }

// textScales are the sizes of text on offer, in percent.
func textScales() []int { return []int{100, 125, 150, 200} }
