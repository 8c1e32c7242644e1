package viewmodel_test

import (
	"strings"
	"testing"
	"time"

	"zhengyan/ui/viewmodel"
	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

func shelfItem() viewmodel.ShelfItem {
	return viewmodel.ShelfItem{
		SHA256: strings.Repeat("ab", 32), Path: "a.pdf", Name: "样例", Number: "京1",
		Usage:       fields.Period{From: civil.Must(2026, 1, 1), To: civil.Must(2026, 6, 29)},
		Specialties: []fields.Specialty{{Name: "建筑工程", Valid: fields.Period{From: civil.Must(2024, 1, 1), To: civil.Must(2026, 12, 31)}}},
	}
}

func TestShelfRows(t *testing.T) {
	m := messages(t, viewmodel.Chinese)
	for name, c := range map[string]struct {
		today, bid civil.Date
		days, todo string
		shape      viewmodel.Shape
	}{
		"fine":           {today: civil.Must(2026, 6, 1), days: "还有 28 天", shape: viewmodel.ShapePass},
		"last day":       {today: civil.Must(2026, 6, 29), days: "还有 0 天", shape: viewmodel.ShapePass},
		"ended":          {today: civil.Must(2026, 6, 30), days: "已过期 1 天", todo: "请重新下载", shape: viewmodel.ShapeFail},
		"bid on the end": {today: civil.Must(2026, 6, 17), bid: civil.Must(2026, 6, 29), days: "还有 12 天", todo: "届时仍在有效期内", shape: viewmodel.ShapePass},
		"bid behind it":  {today: civil.Must(2026, 6, 18), bid: civil.Must(2026, 6, 30), days: "还有 11 天", todo: "距开标 12 天：需在开标前重新下载", shape: viewmodel.ShapeUnknown},
		"renewal first":  {today: civil.Must(2026, 6, 18), bid: civil.Must(2027, 1, 1), days: "还有 11 天", todo: "建筑工程注册专业有效期在开标前到期", shape: viewmodel.ShapeUnknown},
		"bid past":       {today: civil.Must(2026, 6, 18), bid: civil.Must(2026, 6, 17), days: "还有 11 天", todo: "开标日已过", shape: viewmodel.ShapePass},
	} {
		t.Run(name, func(t *testing.T) {
			it := shelfItem()
			it.BidDay = c.bid
			r := viewmodel.ShelfRows(m, []viewmodel.ShelfItem{it}, c.today)[0]
			if r.Days != c.days || !strings.Contains(r.ToDo, c.todo) || c.todo == "" && r.ToDo != "" || r.Shape != c.shape {
				t.Errorf("%q, %q, shape %d", r.Days, r.ToDo, r.Shape)
			}
		})
	}
	late, none := shelfItem(), viewmodel.ShelfItem{SHA256: "x"}
	late.Usage.To = civil.Must(2026, 5, 1)
	rows := viewmodel.ShelfRows(m, []viewmodel.ShelfItem{none, shelfItem(), late}, civil.Must(2026, 6, 1))
	if rows[0].Item.Usage.To != late.Usage.To || rows[2].Item.SHA256 != "x" || rows[2].Shape != viewmodel.ShapeUnknown {
		t.Error("not in the order in which they end")
	}
}

// RFC 5545: CRLF, lines of at most 75 octets, folded between characters, escaped texts, all-day events of one day.
func TestShelfCalendar(t *testing.T) {
	m := messages(t, viewmodel.Chinese)
	it := shelfItem()
	it.Name, it.BidDay = "样,例;\\\nBEGIN:VEVENT "+strings.Repeat("长", 60), civil.Must(2026, 6, 20)
	text, n := viewmodel.ShelfCalendar(m, []viewmodel.ShelfItem{it}, time.Date(2026, 6, 1, 8, 0, 0, 0, civil.Shanghai()))
	if n != 3 {
		t.Errorf("%d events, want usage, specialty and bid day", n)
	}
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") || !strings.HasSuffix(text, "END:VCALENDAR\r\n") {
		t.Error("line ends")
	}
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 75 || strings.ToValidUTF8(line, "") != line {
			t.Errorf("%d octets: %q", len(line), line)
		}
	}
	flat := "\r\n" + strings.ReplaceAll(text, "\r\n ", "")
	if strings.Count(flat, "\r\nBEGIN:VEVENT\r\n") != 3 || strings.Count(flat, "\r\nEND:VEVENT\r\n") != 3 || strings.Count(flat, "\r\nBEGIN:VALARM\r\n") != 6 {
		t.Error("a name broke out of its line")
	}
	for _, want := range []string{`样\,例\;\\\nBEGIN:VEVENT`, "DTSTART;VALUE=DATE:20260629\r\nDTEND;VALUE=DATE:20260630", "DTSTAMP:20260601T000000Z", "TRIGGER:-P30D", "UID:abababababababab-20260620-bid@"} {
		if !strings.Contains(flat, want) {
			t.Errorf("%q is missing in\n%s", want, flat)
		}
	}
}
