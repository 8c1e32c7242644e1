package main

import (
	"context"

	"zhengyan/store"
	"zhengyan/ui/viewmodel"
)

// shelf keeps the window's certificates on the desk.
type shelf struct{ desk *store.Desk }

// List implements viewmodel.Shelf.
func (s shelf) List(context.Context) ([]viewmodel.ShelfItem, error) {
	list, err := s.desk.Shelf()
	out := make([]viewmodel.ShelfItem, len(list))
	for i, e := range list {
		out[i] = viewmodel.ShelfItem{
			SHA256: e.SHA256, Path: e.Path, Number: e.Number, Name: e.Name, Kind: e.Kind, Usage: e.Usage, Valid: e.Valid,
			Specialties: e.Specialties, BidDay: e.BidDay, Added: e.Added, Indication: e.Indication,
		}
	}
	return out, err
}

// Put implements viewmodel.Shelf.
func (s shelf) Put(_ context.Context, it viewmodel.ShelfItem) error {
	return s.desk.PutShelf(store.ShelfEntry{
		SHA256: it.SHA256, Path: it.Path, Number: it.Number, Name: it.Name, Kind: it.Kind, Usage: it.Usage, Valid: it.Valid,
		Specialties: it.Specialties, BidDay: it.BidDay, Added: it.Added, Checked: it.Added, Indication: it.Indication,
	})
}

// Remove implements viewmodel.Shelf.
func (s shelf) Remove(_ context.Context, sha256 string) error { return s.desk.RemoveShelf(sha256) }
