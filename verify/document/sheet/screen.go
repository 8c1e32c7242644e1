package sheet

import "zhengyan/verify/page"

// onScreen is told below.
func (p *pixels) onScreen(c [4]page.Point) bool { return false }
