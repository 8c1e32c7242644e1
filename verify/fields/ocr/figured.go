package ocr

import (
	"crypto/sha256"

	"zhengyan/verify/fields/ocr/figures"
)

// Tensors that the head for digits adds to a net.
const (
	tensorUpright = "zhengyan.upright"
	tensorFigures = "zhengyan.figures"
	tensorTold    = "zhengyan.told"
	tensorBoth    = "zhengyan.both"
)

// withFigures adds the project's own head for digits to a recogniser, whose file own, with the SHA-256 sum, it was made for and
// which may have been extended: the classes of each step are followed by the head's logits, figureClasses of them. It gives how many classes were
// added: 0 for a recogniser that the head was not made for.
func withFigures(own, rec []byte, sum [sha256.Size]byte) ([]byte, int, error) {
	if len(figures.Rows()) == 0 {
		return rec, 0, nil
	}
	h, err := figures.Parse(figures.Rows())
	if err != nil {
		return nil, 0, err
	}
	if h.Model != sum || h.Classes != figureClasses {
		return rec, 0, nil
	}
	out, err := figured(rec, own, h)
	return out, h.Classes, err
}

// figured puts the head's logits behind the likelihoods of a net.
func figured(rec, own []byte, h *figures.Head) ([]byte, error) {
	last, err := headOf(own)
	if err != nil {
		return nil, err
	}
	if h.In <= last.inside {
		return nil, errNoHead
	}
	_, end, err := ports(rec)
	if err != nil {
		return nil, err
	}
	var more [][]byte
	if string(rec) == string(own) { // not extended: nothing has put together yet what the heads see
		more = seenBy(&last, h.Trunk)
	}
	more = append(more,
		operation("Transpose", tensorUpright, []string{tensorSeen}, intsAttr("perm", 0, 2, 1)),
		constant(tensorFigures+".w", []int{h.Classes, h.In, figures.Steps}, h.Rows), constant(tensorFigures+".b", []int{h.Classes}, h.Bias),
		operation("Conv", tensorFigures, []string{tensorUpright, tensorFigures + ".w", tensorFigures + ".b"},
			intsAttr("kernel_shape", figures.Steps), intsAttr("pads", figures.Steps/2, figures.Steps/2)),
		operation("Transpose", tensorTold, []string{tensorFigures}, intsAttr("perm", 0, 2, 1)),
		operation("Concat", tensorBoth, []string{end, tensorTold}, intAttr("axis", 2)),
	)
	return rebuilt(rec, "", more, tensorBoth)
}
