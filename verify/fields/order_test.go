package fields

import (
	"strings"
	"testing"
)

// A filled form writes its labels first and then value after value, so that the last character of the name, 男 and the
// first digit of a year follow one another down the page. They are no slanted line and must not be taken for a watermark.
func TestValuesWrittenOneAfterTheOther(t *testing.T) {
	tab := tables(t)
	for _, name := range []string{"张样", "样例甲", "样例甲乙"} {
		for _, pitch := range []float64{0.6, 0.8, 1, 1.1} { // rows 24 to 44 units apart
			var labels, values []item
			for _, it := range constructorFace() {
				if it.y > 200 && it.y < 500 {
					it.y = 236 + (it.y-236)*pitch
				}
				if it.key == "name" {
					it.s = name
				}
				if strings.HasSuffix(it.key, ".l") {
					labels = append(labels, it)
				} else {
					values = append(values, it)
				}
			}
			r := Read(newSheet().draw(append(labels, values...)).texts(), tab)
			c := r.Certificate
			if c.Name != name || c.Sex != "男" || c.Birth.String() != "1990-01-01" || len(r.Problems) != 0 {
				t.Errorf("%s, rows %.1f: name %q, sex %q, birth %s, %+v", name, pitch, c.Name, c.Sex, c.Birth, r.Problems)
			}
		}
	}
}
