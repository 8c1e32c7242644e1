package store

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"zhengyan/verify/civil"
	"zhengyan/verify/fields"
	"zhengyan/verify/rules"
)

// soak returns the number of rounds of a randomised test: few in everyday runs, many with ZHENGYAN_SOAK set.
func soak(few, many int) int {
	if os.Getenv("ZHENGYAN_SOAK") != "" {
		return many
	}
	return few
}

// Synthetic registrations: numbers of the real shape, invented people. The same seed gives the same rows.

func testMeta() Meta {
	return Meta{AsOf: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Source: "样例 registry", WarnAge: 30 * 24 * time.Hour, RedAge: 90 * 24 * time.Hour}
}

var (
	provinces   = []string{"京11", "津12", "冀13", "沪31", "苏32", "浙33", "粤44", "川51", "琼46"}
	surnames    = []string{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "欧阳"}
	givens      = []string{"伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "军", "建国"}
	specialties = []string{"建筑工程", "公路工程", "铁路工程", "民航机场工程", "港口与航道工程", "水利水电工程", "矿业工程", "机电工程", "市政公用工程", "通信与广电工程"}
	statuses    = []string{"有效", "有效", "有效", "有效", "有效", "有效", "注销", "吊销", "撤销", "暂扣"}
)

func synthetic(i int, rng *rand.Rand) Row {
	pick := func(l []string) string { return l[rng.IntN(len(l))] }
	day := func(y int) civil.Date { return civil.Must(y, 1+rng.IntN(12), 1+rng.IntN(28)) }
	p := pick(provinces)
	r := Row{
		Kind: fields.Constructor1, Number: fmt.Sprintf("%s1%s%04d%04d%05d", p[:3], p[3:], 1900+i/100000, 2006+i%18, i%100000),
		Name: pick(surnames) + pick(givens), Sex: []string{"男", "女"}[rng.IntN(2)], Birth: day(1960 + rng.IntN(40)),
		Employer: fmt.Sprintf("%s第%d建设工程有限公司", p[:3], int(float64(50+i/50)*rng.Float64()*rng.Float64())),
		Status:   pick(statuses), EcertID: fmt.Sprintf("%016X%016X", rng.Uint64(), rng.Uint64()),
		QRKey: fmt.Sprintf("%016x%016x", rng.Uint64(), rng.Uint64()), UpdatedAt: day(2025), LatestUsageFrom: day(2026),
	}
	for range 1 + rng.IntN(3) {
		from := day(2023)
		r.Specialties = append(r.Specialties, fields.Specialty{Name: pick(specialties), Valid: fields.Period{From: from, To: from.AddYears(3)}})
	}
	return r
}

// odd returns rows that exercise every field and every absence.
func odd(i int, rng *rand.Rand) Row {
	r := synthetic(i, rng)
	r.Number = fmt.Sprintf("ODD.%d", i)
	if rng.IntN(2) == 0 {
		r.Kind = fields.Qualification
		r.Birth, _ = civil.NewMonth(1980+rng.IntN(20), 1+rng.IntN(12))
	}
	for _, f := range []func(){
		func() { r.QRKey = "" }, func() { r.EcertID = "" }, func() { r.Employer = "" }, func() { r.Specialties = nil },
		func() { r.Sex = "" }, func() { r.Birth = civil.Date{} }, func() { r.UpdatedAt = civil.Date{} },
		func() { r.Valid = fields.Period{From: civil.Must(2020, 1, 1), To: civil.Must(2022, 2, 28)} },
		func() { r.Valid = fields.Period{To: civil.Must(2022, 2, 28)} },
		func() { r.StatusDate, r.Reason = civil.Must(2024, 5, 6), "本人申请" },
		func() { r.EcertID = "1.2.156.3005.2.X." + r.Number },
		func() { r.QRKey = fmt.Sprintf("aBcD%012d", i) },
		func() { r.Specialties = append(r.Specialties, fields.Specialty{Name: "建筑工程", Raw: "建筑"}) },
		func() {
			for k := range rng.IntN(40) {
				r.History = append(r.History, rules.FieldChange{Field: "employer", Value: fmt.Sprint("旧单位", k), Until: civil.Must(2020, 1, 1).AddDays(k)})
			}
		},
	} {
		if rng.IntN(3) == 0 {
			f()
		}
	}
	return r
}

func someRows(n int, seed uint64) []Row {
	rng := rand.New(rand.NewPCG(seed, 1))
	rows := make([]Row, 0, n)
	for i := range n {
		if i%7 == 3 {
			rows = append(rows, odd(i, rng))
		} else {
			rows = append(rows, synthetic(i, rng))
		}
	}
	return rows
}

// generated streams n synthetic rows without holding them.
func generated(n int, seed uint64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		rng := rand.New(rand.NewPCG(seed, 1))
		for i := range n {
			if !yield(synthetic(i, rng), nil) {
				return
			}
		}
	}
}

func buildFile(t testing.TB, rows iter.Seq2[Row, error]) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "registry.db")
	if err := Build(context.Background(), rows, testMeta(), path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { checkBolt(t, path) })
	return path
}

// checkBolt runs bbolt's own consistency check on a file that must still be there and whole.
func checkBolt(t testing.TB, path string) {
	t.Helper()
	db, err := bolt.Open(path, 0, &bolt.Options{ReadOnly: true, Timeout: time.Second, PreLoadFreelist: true})
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	defer db.Close()
	if err := db.View(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func open(t testing.TB, path string) *Snapshot {
	t.Helper()
	s, err := OpenSnapshot(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
