package qr

// The limits that keep a hostile or merely busy picture from costing more than its budget. Each has a test that goes
// over it.
const (
	// defaultBudgetMillis and harderBudgetMillis are the wall time of one Decode if Options.Budget is not set.
	defaultBudgetMillis = 1500
	harderBudgetMillis  = 5000

	// maxPixels is the largest picture that is read at all (A0 at 200 dpi has 62 million pixels).
	maxPixels = 120_000_000
	// maxSide is the longest side in pixels.
	maxSide = 60_000
	// maxFullPixels is the largest picture of which every pixel is looked at; of larger ones only the scaled picture.
	maxFullPixels = 40_000_000
	// minWorkSide is what scaling down leaves of the shorter side, so that a code on a long strip stays readable.
	minWorkSide = 240
	// workSide is the longest side of the picture on which symbols are first looked for; larger ones are scaled down.
	workSide = 1400

	// maxFinders is the number of finder patterns kept of one binarisation, strongest first.
	maxFinders = 220
	// maxRawFinders is the number of places that are looked at closely before they are clustered.
	maxRawFinders = 6000
	// maxRings is the number of finder patterns whose shape is measured.
	maxRings = maxFinders
	// maxClusters is the number of different places kept while a picture is scanned.
	maxClusters = 1500
	// maxTriplets and maxTripletsHarder are the number of triplets per code tried of one binarisation.
	maxTriplets       = 4
	maxTripletsHarder = 12
	// maxCodes is the number of symbols after which a page is taken as read.
	maxCodes = 100
	// maxTextBytes bounds what one symbol can carry: version 40-L holds 2,956 bytes, numeric mode 7,089 digits.
	maxTextBytes = 7089 + 64
)
