package report

import "fmt"

// Stopped says how far a run came that was ended before all of its files were judged. A report of such a run must not be taken
// for one on all files that were handed in.
type Stopped struct {
	Done int `json:"done"`         // files
	Of   int `json:"of,omitempty"` // files; 0 where nobody counted them
}

// stopped is the warning of a run that was ended early, empty for others.
func (w words) stopped(s *Stopped) string {
	switch {
	case s == nil:
		return ""
	case s.Of > 0:
		return fmt.Sprintf(w.say("核验中途停止：只判定了 %d 个文件，共 %d 个；本报告不完整。", "The run was stopped: %d of %d files were judged; this report is not complete."), s.Done, s.Of)
	}
	return fmt.Sprintf(w.say("核验中途停止：只判定了 %d 个文件；本报告不完整。", "The run was stopped: %d file(s) were judged; this report is not complete."), s.Done)
}
