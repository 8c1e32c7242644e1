package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

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

// cropReason is in Chinese what keeps two signatures from being compared; a key that is not known stays.
func cropReason(key string) string {
	side, why, _ := strings.Cut(key, "-")
	which := map[string]string{"reference": "参照图片", "query": "这张图片"}[side]
	said := map[string]string{"empty": "上没有笔迹", "too-coarse": "分辨率不足", "too-little": "笔迹太少", "solid": "成片，没有笔画", "too-large": "过大", "invalid": "不能使用"}[why]
	if which == "" || said == "" {
		return key
	}
	return which + said
}

func (o cropOut) write(t talker) {
	if o.Likeness == nil {
		t.row("不能比较", "not comparable", t.say(cropReason(o.Reason), o.Reason))
		return
	}
	band := map[string]string{"agrees": "高", "doubtful": "存疑", "differs": "低"}[o.Band]
	t.row("笔迹相似度（仅供参考）", "likeness (a hint only)", t.say(band, o.Band)+fmt.Sprintf(" %.2f", *o.Likeness))
}
