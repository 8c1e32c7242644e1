package document

import "time"

// Limits bounds what a stranger's file may cost. Every value is a maximum; a file that goes over one gets its own
// answer (an *Error or a Problem) and nothing else is harmed.
type Limits struct {
	// FileBytes is the size of one file, also of one entry of a ZIP archive.
	FileBytes int64
	// StreamBytes is the size of a PDF opened by OpenStream, StreamMemory the bytes of PDFium's memory from which such a
	// document is opened anew.
	StreamBytes  int64
	StreamMemory int64
	// Pages is the number of pages of a PDF or TIFF.
	Pages int
	// ImagePixels is width × height of one picture that is decoded: an image file's page or a picture in a PDF.
	ImagePixels int64
	// PageImagePixels is the sum of the pixels of all pictures that Images returns for one page.
	PageImagePixels int64
	// RenderPixels clamps Render: above it the resolution is lowered so that the page fits.
	RenderPixels int64
	// PageImages is the number of pictures that Images returns for one page.
	PageImages int
	// PageObjects is the number of page objects that are looked at, forms included.
	PageObjects int
	// PageChars is the number of characters that Text returns for one page.
	PageChars int
	// FormDepth is the nesting of form XObjects.
	FormDepth int
	// JPEGScans is the number of scans of a progressive JPEG; each costs a pass over all pixels.
	JPEGScans int
	// Attachments is the number of embedded files that Metadata lists.
	Attachments int

	// FileTime is the time spent on one document over all its calls, the start of PDFium left out.
	FileTime time.Duration
	// StructureTime is the time that pdfcpu may take over a PDF's structure.
	StructureTime time.Duration
	// StructureBytes is the size of the largest PDF that is given to pdfcpu at all.
	StructureBytes int64
	// StructureObjects is the number of objects pdfcpu may list.
	StructureObjects int
	// StructureDecode is the number of bytes one stream may inflate to in pdfcpu.
	StructureDecode int64
	// Abandoned is the number of library calls that ran over their time and are still running, over the whole
	// engine. When it is reached, further files go without that library instead of adding another.
	Abandoned int
	// Instances is the number of PDFium instances, that is of open PDF documents; one more waits for its context.
	Instances int
	// InstancePages is the memory of one PDFium instance in WebAssembly pages of 64 KiB.
	InstancePages uint32

	// ArchiveBytes is the size of a ZIP archive itself.
	ArchiveBytes int64
	// ArchiveDirectory is the number of bytes that may be read to list an archive.
	ArchiveDirectory int64
	// ArchiveEntries is the number of entries of a ZIP archive.
	ArchiveEntries int
	// ArchiveTotal is the size of all entries of a ZIP archive together, unpacked.
	ArchiveTotal int64
	// ArchiveRatio is how many times larger than packed an entry over ArchiveRatioFrom bytes may be.
	ArchiveRatio     int64
	ArchiveRatioFrom int64
	// FolderDepth is how deep folders are followed.
	FolderDepth int
	// FolderEntries is the number of files that one Expand takes from folders.
	FolderEntries int
}

// DefaultLimits returns the limits in force unless a caller sets others. A certificate is one page and some hundred
// kilobytes; the limits leave room for a bid book of scans, for an A4 page at 600 dpi and for a phone's largest photo,
// within 1 GB of memory.
func DefaultLimits() Limits {
	return Limits{
		FileBytes:       128 << 20,
		StreamBytes:     2 << 30,
		StreamMemory:    96 << 20,
		Pages:           2000,
		ImagePixels:     64_000_000,
		PageImagePixels: 128_000_000,
		RenderPixels:    30_000_000,
		PageImages:      64,
		PageObjects:     50_000,
		PageChars:       100_000,
		FormDepth:       12,
		JPEGScans:       64,
		Attachments:     100,

		FileTime:         15 * time.Second,
		StructureTime:    3 * time.Second,
		StructureBytes:   32 << 20,
		StructureObjects: 500_000,
		StructureDecode:  32 << 20,
		Abandoned:        2,
		Instances:        6,
		InstancePages:    3072, // 192 MiB; with what Go keeps while it grows, three to four times that

		ArchiveBytes:     4 << 30,
		ArchiveDirectory: 16 << 20,
		ArchiveEntries:   20_000,
		ArchiveTotal:     8 << 30,
		ArchiveRatio:     250,
		ArchiveRatioFrom: 8 << 20,
		FolderDepth:      32,
		FolderEntries:    100_000,
	}
}

// orDefault fills unset values from the defaults, so that a caller can set one limit alone.
func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	fill(&l.FileBytes, d.FileBytes)
	fill(&l.StreamBytes, d.StreamBytes)
	fill(&l.StreamMemory, d.StreamMemory)
	fill(&l.Pages, d.Pages)
	fill(&l.ImagePixels, d.ImagePixels)
	fill(&l.PageImagePixels, d.PageImagePixels)
	fill(&l.RenderPixels, d.RenderPixels)
	fill(&l.PageImages, d.PageImages)
	fill(&l.PageObjects, d.PageObjects)
	fill(&l.PageChars, d.PageChars)
	fill(&l.FormDepth, d.FormDepth)
	fill(&l.JPEGScans, d.JPEGScans)
	fill(&l.Attachments, d.Attachments)
	fill(&l.FileTime, d.FileTime)
	fill(&l.StructureTime, d.StructureTime)
	fill(&l.StructureBytes, d.StructureBytes)
	fill(&l.StructureObjects, d.StructureObjects)
	fill(&l.StructureDecode, d.StructureDecode)
	fill(&l.Abandoned, d.Abandoned)
	fill(&l.Instances, d.Instances)
	fill(&l.InstancePages, d.InstancePages)
	fill(&l.ArchiveBytes, d.ArchiveBytes)
	fill(&l.ArchiveDirectory, d.ArchiveDirectory)
	fill(&l.ArchiveEntries, d.ArchiveEntries)
	fill(&l.ArchiveTotal, d.ArchiveTotal)
	fill(&l.ArchiveRatio, d.ArchiveRatio)
	fill(&l.ArchiveRatioFrom, d.ArchiveRatioFrom)
	fill(&l.FolderDepth, d.FolderDepth)
	fill(&l.FolderEntries, d.FolderEntries)
	return l
}

func fill[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}
