// Package viewmodel holds the behaviour of the window without any widget: the list of files and its workers, the
// question, and the texts, shapes, boxes and bars that a result is shown with. It imports no Fyne, so that it can be
// tested fast and with the race detector.
//
// A Session belongs to one goroutine, the one that runs what the dispatch function is given (the window's). Workers never
// touch it: they post closures, which one pump collects and hands to dispatch at most twenty times a second.
package viewmodel
