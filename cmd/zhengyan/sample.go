package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
)

// sampleNames are the parts that invented people, firms and specialties are made of.
var sampleNames = struct{ provinces, family, given, specialties, statuses []string }{
	[]string{"京11", "津12", "冀13", "沪31", "苏32", "浙33", "皖34", "鲁37", "粤44", "川51"},
	[]string{"样", "例", "张", "李", "王", "赵", "陈", "欧阳"},
	[]string{"样例", "伟例", "芳例", "敏例", "强例", "静例"},
	[]string{"建筑工程", "公路工程", "铁路工程", "水利水电工程", "矿业工程", "机电工程", "市政公用工程", "通信与广电工程"},
	[]string{"有效", "有效", "有效", "有效", "有效", "有效", "有效", "有效", "有效", "有效", "有效", "注销", "吊销", "撤销", "失效", "暂扣"},
}

// snapshotSample writes invented registrations, to try the commands and to measure with. The same seed gives the same rows;
// --day changes one in a hundred.
func snapshotSample(ctx context.Context, env *environment, args []string) int {
	fl := env.flags("snapshot sample", "[options]", "  zhengyan snapshot sample --rows 1000000 > day0.csv\n  zhengyan snapshot sample --rows 1000000 --day 1 > day1.csv\n")
	rows := fl.Int("rows", 1000, "number of registrations")
	seed := fl.Uint64("seed", 1, "seed of the random numbers")
	day := fl.Int("day", 0, "a later day: one row in a hundred has another employer or status")
	if code, done := env.parse(fl, args); done {
		return code
	}
	if *rows < 0 || *rows > 100_000_000 || fl.NArg() != 0 {
		return env.failHint(exitUsage, "zhengyan snapshot sample -h", "snapshot sample: at most 100 million rows")
	}
	w := bufio.NewWriter(env.Stdout)
	fmt.Fprintln(w, "kind,number,name,status,sex,birth,employer,specialties,qrKey,ecertID,updatedAt,latestUsageFrom")
	rng := rand.New(rand.NewPCG(*seed, 0))
	pick := func(l []string) string { return l[rng.IntN(len(l))] }
	n := sampleNames
	for i := range *rows {
		if i%4096 == 0 && ctx.Err() != nil {
			return env.fail(exitInternal, "snapshot sample: stopped")
		}
		p := pick(n.provinces)
		employer := int(float64(1+*rows/50) * rng.Float64() * rng.Float64())
		status, from := pick(n.statuses), 1+rng.IntN(28)
		if *day > 0 && i%100 == *day%100 {
			employer, status = employer+1, "注销"
		}
		fmt.Fprintf(w, "constructor-1,%s1%s%04d%04d%05d,%s,%s,%s,%d-%02d-%02d,%s样例第%d建设有限公司,%s 2024-03-%02d..2027-03-%02d,%016x%016x,%016X%016X,2026-05-%02d,2026-05-%02d\n",
			p[:3], p[3:], 1990+i/100_000%1000, 2006+i%18, i%100_000, pick(n.family)+pick(n.given), status, []string{"男", "女"}[rng.IntN(2)],
			1962+rng.IntN(40), 1+rng.IntN(12), 1+rng.IntN(28), p[:3], employer, pick(n.specialties), from, from,
			rng.Uint64(), rng.Uint64(), rng.Uint64(), rng.Uint64(), 1+rng.IntN(28), 1+rng.IntN(28))
	}
	if err := w.Flush(); err != nil {
		return env.fail(exitInternal, "snapshot sample: %v", err)
	}
	return exitOK
}
