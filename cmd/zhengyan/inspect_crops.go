package main

import (
	"context"
	"errors"
	"fmt"

	"zhengyan/verify/document"
	"zhengyan/verify/ink/hand"
)

// cropOut is the object of inspect ink --crops: how alike a signature is to the first one.
type cropOut struct {
	Likeness *float64 `json:"likeness,omitempty"`
	Band     string   `json:"band,omitempty"`
	Hidden   float64  `json:"hidden,omitempty"`
	Reason   string   `json:"reason,omitempty"` // stable key of what limits or prevents the answer
}

// cropStage compares plain pictures of signatures with the reference.
func (in *inspection) cropStage(ctx context.Context, path string) (*stage, error) {
	src, err := oneSource(ctx, path)
	if err != nil {
		return nil, err
	}
	ref, err := in.engine.Open(ctx, src)
	if err != nil {
		return nil, err
	}
	defer ref.Close()
	first, _, err := pictureOf(ctx, ref, 0)
	if err != nil {
		return nil, err
	}
	return &stage{"ink", func(ctx context.Context, in *inspection, src document.Source) (any, error) {
		doc, err := in.engine.Open(ctx, src)
		if err != nil {
			return nil, err
		}
		defer doc.Close()
		query, _, err := pictureOf(ctx, doc, 0)
		if err != nil {
			return nil, err
		}
		l, err := hand.CompareImages(ctx, first, query)
		var bad *hand.InputError
		switch {
		case errors.As(err, &bad):
			return cropOut{Reason: bad.Reason()}, nil
		case err != nil:
			return nil, err
		}
		return cropOut{Likeness: &l.Probability, Band: string(l.Band), Hidden: l.Hidden, Reason: l.Reason}, nil
	}}, nil
}

func (o cropOut) write(t talker) {
	if o.Likeness == nil {
		t.row("不能比较", "not comparable", o.Reason)
		return
	}
	band := map[string]string{"agrees": "高", "doubtful": "存疑", "differs": "低"}[o.Band]
	t.row("笔迹相似度（仅供参考）", "likeness (a hint only)", t.say(band, o.Band)+fmt.Sprintf(" %.2f", *o.Likeness))
}
