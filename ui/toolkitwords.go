package ui

import (
	"encoding/json"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"zhengyan/ui/viewmodel"
)

// speak gives the toolkit's own words, those of its file dialogs and menus, in the window's language. The toolkit goes by
// the system's language alone, so the words are put in that one's place.
func speak(m *viewmodel.Messages) {
	words := map[string]string{}
	for word, key := range map[string]string{
		"Cancel": "common.cancel", "Open": "toolkit.open", "Save": "common.save", "OK": "common.ok", "Copy": "toolkit.copy", "Cut": "toolkit.cut",
		"Paste": "toolkit.paste", "Select all": "toolkit.all", "Undo": "toolkit.undo", "Redo": "toolkit.redo", "New Folder": "toolkit.newfolder",
		"Create Folder": "toolkit.newfolder", "Show Hidden Files": "toolkit.hidden", "Enter filename": "toolkit.name", "File": "toolkit.file",
		"Folder": "toolkit.folder", "Error": "toolkit.error", "file.name": "toolkit.name", "file.parent": "toolkit.parent", "Favourites": "toolkit.favourites",
	} {
		words[word] = m.T(key)
	}
	data, err := json.Marshal(words)
	if err != nil {
		return
	}
	for _, l := range []fyne.Locale{"en", "zh-Hans", lang.SystemLocale()} {
		if err := lang.AddTranslationsForLocale(data, l); err != nil {
			fyne.LogError("the toolkit's words stay as they are", err)
		}
	}
}
