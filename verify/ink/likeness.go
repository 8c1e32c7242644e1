package ink

import (
	"context"
	"errors"

	"zhengyan/verify/ink/hand"
	"zhengyan/verify/ink/hand/trace"
)

// liken compares the writing that was found with the e-certificate's signature image. It changes nothing but the fields on
// likeness: how alike two hands look says nothing on whether there is ink.
func liken(ctx context.Context, res *Result, ref *Reference, o Options) error {
	if res.Presence != Ink || res.Extracted == nil || ref.SignatureImage == nil || o.NoLikeness {
		return nil
	}
	m, err := trace.MaskOf(ref.SignatureImage)
	if err != nil {
		res.LikenessReason = "reference-invalid"
		return nil
	}
	l, err := hand.Compare(ctx, m, res.Extracted)
	var bad *hand.InputError
	switch {
	case errors.As(err, &bad):
		res.LikenessReason = bad.Reason()
		return nil
	case err != nil:
		return err
	}
	res.Likeness, res.Band, res.LikenessReason, res.Agreement = &l.Probability, string(l.Band), l.Reason, l.Cells
	// The share that the print hides in the place counts as what the comparison left out does.
	if l.Band == hand.Agrees && res.Hidden > hand.MaxHidden {
		res.Band, res.LikenessReason = string(hand.Doubtful), hand.ReasonHidden
	}
	if l.Aligned != nil && !o.NoPictures {
		res.Aligned, res.AlignedPNG = l.Aligned, small(l.Aligned)
	}
	return nil
}
