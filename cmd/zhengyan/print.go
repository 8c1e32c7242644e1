package main

import (
	"context"

	"zhengyan/assets"
	"zhengyan/verify/document"
	"zhengyan/verify/fields/ocr"
	"zhengyan/verify/page"
)

// printReader opens the reader of the print of pictures: the library that ZHENGYAN_ONNXRUNTIME names, beside the program, in
// the data folder, or the system's; models of the data folder, else the embedded ones. The error says what is missing.
func (env *environment) printReader(p folders) (*ocr.Reader, error) {
	cfg, err := ocr.Installed(env.Getenv("ZHENGYAN_ONNXRUNTIME"), env.dataDir(p.data), assets.Models())
	if err != nil {
		return nil, err
	}
	return ocr.Open(cfg)
}

// Reading the print of pages for inspect.
const (
	fewChars = 30  // a page of a PDF with fewer characters of its own is a picture
	printDPI = 200 // resolution at which such a page is drawn, dots per inch
)

// pageTexts gives the text of a file's pages: a PDF's own, and of pictures what is printed there.
func (in *inspection) pageTexts(ctx context.Context, doc *document.Document, pages int) ([]page.Text, error) {
	var texts []page.Text
	for i := range min(doc.NumPages(), pages) {
		t, err := doc.Text(ctx, i)
		if err != nil {
			return nil, err
		}
		if len(t.Chars) < fewChars {
			if t, err = in.printed(ctx, doc, i); err != nil {
				return nil, err
			}
		}
		texts = append(texts, t)
	}
	return texts, nil
}

// printed reads the print of a page's picture, in page units.
func (in *inspection) printed(ctx context.Context, doc *document.Document, i int) (page.Text, error) {
	if in.reader == nil {
		return page.Text{Index: i}, nil
	}
	reader := in.reader()
	if reader == nil {
		return page.Text{Index: i}, nil
	}
	dpi := 0.0
	if doc.Info().Format == document.FormatPDF {
		dpi = printDPI
	}
	img, err := doc.Render(ctx, i, dpi)
	if err != nil {
		return page.Text{}, err
	}
	t, err := reader.ReadPage(ctx, img, i)
	if err != nil {
		return page.Text{}, err
	}
	size, err := doc.PageSize(i)
	if err != nil {
		return page.Text{}, err
	}
	return ocr.Scaled(t, size.Width, size.Height), nil
}
