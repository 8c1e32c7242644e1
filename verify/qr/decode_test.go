package qr

import (
	"context"
	"errors"
	"image"
	"testing"
)

func TestDecodeRefuses(t *testing.T) {
	if _, err := Decode(context.Background(), nil, Options{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("nil picture: %v", err)
	}
	if _, err := Decode(context.Background(), image.NewGray(image.Rect(0, 0, 0, 5)), Options{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty picture: %v", err)
	}
	if _, err := Decode(context.Background(), image.NewGray(image.Rect(0, 0, 300, 300)), Options{Limits: Limits{Pixels: 80000}}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too many pixels: %v", err)
	}
	if _, err := Decode(context.Background(), image.NewGray(image.Rect(0, 0, maxSide+1, 1)), Options{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too long a side: %v", err)
	}
}
