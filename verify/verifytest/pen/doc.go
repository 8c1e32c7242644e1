// Package pen invents people who sign. A [Writer] is a hand with habits (slant, proportions, joined strokes, speed); it
// writes any name the same way each time, with the natural variation of one person, and can imitate another hand. Training
// and tests of the likeness of two signatures use only such writing: no real person's signature is needed or kept.
//
// Characters come from stroke medians ([Load]); where that data is not at hand, [Invent] makes characters up, so that every
// test runs anywhere. Writing of one seed depends on which of the two was used, so figures name it.
//
// Within-writer variation is put on in the order in which a hand produces it: the whole (aspect, slant), each character,
// smooth bending, each stroke, each turning point, and which strokes are joined. A skilled imitation starts from a sample
// of the true hand and adds what imitators cannot help: their own slant and proportions, misjudged joins, lost detail,
// slow and trembling lines.
package pen
