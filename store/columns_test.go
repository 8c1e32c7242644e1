package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
)

func collect(s *Source) (rows []Row, err error) {
	for r, e := range s.Rows {
		if e != nil {
			return rows, e
		}
		rows = append(rows, r)
	}
	return rows, nil
}

const sampleCSV = "\ufeff证书类型,注册编号,姓名,状态,注册专业,出生日期,聘用企业\r\n" +
	"一级建造师,京１112015201600001,张样例,有效,建筑工程 2023-05-06..2026-05-05；机电工程 ..2025/1/1,1980年1月2日,\"样例,公司\"\r\n" +
	"constructor-1,京1112015201600002,李样例,注销,,19800102,\r\n" +
	"三级建造师,京1112015201600003,王样例,有效,,,\r\n" + // 4: unknown kind
	"一级建造师,,王样例,有效,,,\r\n" + // 5: no number
	"\r\n" +
	"一级建造师,京1112015201600004,王样例,有效,,1980-02-30,\r\n" + // 7: no such day
	"一级建造师,京1112015201600005,王样例,有效,,,,多\r\n" + // 8: one cell too many
	"一级建造师,京1112015201600006,\"王样\"例,有效,,,\r\n" + // 9: quoting
	"一级建造师,京1112015201600007,赵样例,有效,,,\r\n"

func TestReadCSV(t *testing.T) {
	s := ReadCSV(context.Background(), strings.NewReader(sampleCSV))
	rows, err := collect(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || s.Read != 3 {
		t.Fatalf("%d rows: %+v; bad %+v", len(rows), rows, s.Bad)
	}
	want := Row{Kind: fields.Constructor1, Number: "京1112015201600001", Name: "张样例", Status: "有效", Birth: civil.Must(1980, 1, 2), Employer: "样例,公司", Specialties: []fields.Specialty{
		{Name: "建筑工程", Valid: fields.Period{From: civil.Must(2023, 5, 6), To: civil.Must(2026, 5, 5)}},
		{Name: "机电工程", Valid: fields.Period{To: civil.Must(2025, 1, 1)}},
	}}
	if !reflect.DeepEqual(rows[0], want) {
		t.Errorf("got  %+v\nwant %+v", rows[0], want)
	}
	var lines []int
	for _, b := range s.Bad {
		lines = append(lines, b.Line)
	}
	if !reflect.DeepEqual(lines, []int{4, 5, 7, 8, 9}) || s.BadCount != 5 {
		t.Errorf("bad lines %v: %+v", lines, s.Bad)
	}
}

func TestReadCSVRefusesTables(t *testing.T) {
	for name, text := range map[string]string{
		"empty":          "",
		"missing column": "kind,number,name\n",
		"unknown column": "kind,number,name,status,shoe size\n",
		"column twice":   "kind,number,name,status,姓名\n",
		"endless line":   "kind,number,name,status\na,\"" + strings.Repeat("x", 3*maxLine),
	} {
		if _, err := collect(ReadCSV(context.Background(), strings.NewReader(text))); err == nil {
			t.Errorf("%s: read", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := collect(ReadCSV(ctx, strings.NewReader(sampleCSV))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestReadJSONL(t *testing.T) {
	var b bytes.Buffer
	want := someRows(50, 6)
	for i, r := range want {
		want[i], _ = normalise(r)
		line, err := json.Marshal(want[i])
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	b.WriteString("\n{\"kind\":\"constructor-1\",\"number\":\"x\",\"name\":\"y\",\"status\":\"有效\",\"shoe\":1}\n{}\nnot JSON\n{} {}\n")
	s := ReadJSONL(context.Background(), &b)
	rows, err := collect(s)
	if err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("%d rows of %d, %v", len(rows), len(want), err)
	}
	if s.BadCount != 4 || s.Bad[0].Line != 52 {
		t.Errorf("bad: %+v", s.Bad)
	}
}

func TestReadXLSX(t *testing.T) {
	f := excelize.NewFile()
	for i, row := range [][]any{
		{"证书类型", "注册编号", "姓名", "状态", "出生日期"},
		{"一级建造师", "京1112015201600001", "张样例", "有效", "1980-01-02"},
		{"一级建造师", "京1112015201600002", "李样例", "有效", 29222}, // a serial number is not a date
		{},
		{"一级建造师", "京1112015201600003", "王样例", "注销", "1980年1月2日"},
	} {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	s := ReadXLSX(context.Background(), bytes.NewReader(b.Bytes()))
	rows, err := collect(s)
	if err != nil || len(rows) != 2 || rows[1].Name != "王样例" || rows[1].Birth != civil.Must(1980, 1, 2) {
		t.Errorf("%+v, %v, bad %+v", rows, err, s.Bad)
	}
	if s.BadCount != 1 || s.Bad[0].Line != 3 {
		t.Errorf("bad %+v", s.Bad)
	}
	for _, text := range []string{"", "PK\x03\x04 no workbook"} {
		if _, err := collect(ReadXLSX(context.Background(), strings.NewReader(text))); err == nil {
			t.Errorf("%q: read", text)
		}
	}
}

func TestParseDate(t *testing.T) {
	month, _ := civil.NewMonth(1985, 3)
	for in, want := range map[string]civil.Date{
		"": {}, "2023-05-06": civil.Must(2023, 5, 6), "2023/5/6": civil.Must(2023, 5, 6), "2023.5.6": civil.Must(2023, 5, 6),
		"2023年5月6日": civil.Must(2023, 5, 6), "20230506": civil.Must(2023, 5, 6), "2023-05-06 00:00:00": civil.Must(2023, 5, 6),
		"1985年3月": month, "1985-03": month,
	} {
		if got, err := ParseDate(in); err != nil || got != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"2023", "2023-13-01", "2023-02-29", "23-05-06", "45000", "2023-5-6 12:30", "二〇二三年", "2023--06", "2023-5-6-7", "1980-1-2.5", "-2023-5-6"} {
		if got, err := ParseDate(in); !errors.Is(err, ErrBadRow) {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
}

// FuzzReaders: whatever the file, readers end, and every row they give can be stored.
func FuzzReaders(f *testing.F) {
	f.Add([]byte(sampleCSV))
	f.Add([]byte("kind,number,name,status,history\n1511,a,b,有效,\"[{\"\"field\"\":\"\"employer\"\",\"\"value\"\":\"\"x\"\",\"\"until\"\":\"\"2024-05-06\"\"}]\"\n"))
	f.Add([]byte(`{"kind":"constructor-1","number":"x","name":"y","status":"有效","birth":"1980-01"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, s := range []*Source{ReadCSV(context.Background(), bytes.NewReader(b)), ReadJSONL(context.Background(), bytes.NewReader(b))} {
			rows, _ := collect(s)
			for _, r := range rows {
				if again, err := normalise(r); err != nil || !reflect.DeepEqual(again, r) {
					t.Fatalf("%+v: %v", r, err)
				}
				g := newGrowing()
				back, err := decodeRow(appendRow(nil, &r, g), r.Number, g)
				if err != nil || !reflect.DeepEqual(back, r) {
					t.Fatalf("stored %+v\nread   %+v, %v", r, back, err)
				}
			}
		}
	})
}

// FuzzBlocks: no bytes make the decoders of blocks, rows and index pages panic or run on.
func FuzzBlocks(f *testing.F) {
	var blocks [][]byte
	keep := func(_, v []byte) error { blocks = append(blocks, v); return nil }
	w := rowBlocks{put: keep}
	g := newGrowing()
	for _, r := range someRows(20, 1) {
		if err := w.add([]byte(r.Number), appendRow(nil, &r, g)); err != nil {
			f.Fatal(err)
		}
	}
	if err := errors.Join(w.flush(), indexPages([]uint64{1, 2, 1 << 40, 1<<40 + 1}, 2, blockBytes, keep)); err != nil {
		f.Fatal(err)
	}
	for _, b := range blocks {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		eachRow(b, 0, func(_ uint32, number, packed []byte) bool {
			if r, err := decodeRow(packed, string(number), g); err == nil && len(r.History) > maxHistory {
				t.Fatal("too much history")
			}
			return true
		})
		if p, ok := parseIndexPage(b); ok {
			n := uint64(0)
			p.each(2, func(_, _ uint32) bool { n++; return true })
			if n > uint64(p.count) {
				t.Fatal("more entries than counted")
			}
		}
	})
}
