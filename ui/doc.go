// Package ui draws the window: widgets and layout over the view models of ui/viewmodel, which hold all behaviour. It
// imports neither the store nor fyne/v2/app, so it is tested without a display.
package ui
