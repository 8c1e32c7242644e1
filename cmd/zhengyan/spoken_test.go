package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// selfSigned is a certificate as a file.
func selfSigned(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "样例根"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(4e9, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// spokenIn runs a command line under a locale and gives what it wrote to both outputs.
func spokenIn(t *testing.T, lang string, args []string) string {
	t.Helper()
	var out bytes.Buffer
	env := testEnv(&out, &out)
	others := env.Getenv
	env.Getenv = func(name string) string {
		if name == "LANG" {
			return lang
		}
		return others(name)
	}
	run(t.Context(), env, args)
	return out.String()
}

// What the data commands and inspect say to a reviewer is said in the language of the locale: each line that is more than names,
// numbers and keys is Chinese under a Chinese one.
func TestDataCommandsInChinese(t *testing.T) {
	anchor := selfSigned(t)
	command := regexp.MustCompile(`zhengyan (audit|snapshot) \w+`)
	publishers := []string{"build", "keygen", "publish", "rotate", "persons", "sample"} // which take no --data
	words := regexp.MustCompile(`[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}`)
	for _, lang := range []string{"C", "zh_CN.UTF-8"} {
		dir := t.TempDir()
		at := func(name string) string { return filepath.Join(dir, name) }
		for name, text := range map[string]string{
			"monday.csv": rowsMonday, "tuesday.csv": rowsTuesday, "notes.txt": "no certificate", "empty.txt": "", "long.txt": strings.Repeat("x", 5000), "bad.csv": rowsMonday + "一级建造师,,赵样例,有效,,\n", "broken.pdf": "%PDF-1.7\n1 0 obj\n", "root.pem": anchor, "small.pdf": smallPDF,
		} {
			if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct{ line, en, zh string }{
			{"trust list", "no trust anchor in", "没有信任锚"},
			{"trust add @root.pem", "trusted for everything", "信任锚，各种用途"},
			{"trust add @notes.txt", "no certificate found", "没有找到证书"},
			{"trust add @missing.pem", "no such file", "没有此文件或文件夹"},
			{"trust list", ", until ", "，有效至 "},
			{"trust remove nothing", "no such file in the trust folder", "信任文件夹中没有此文件"},
			{"snapshot info", "no registry snapshot", "没有注册库快照"},
			{"snapshot list", "no snapshot has been imported", "还没有导入过快照"},
			{"snapshot revert", "no registry snapshot", "没有注册库快照"},
			{"snapshot build --as-of 2026-06-01 --out @1.db @monday.csv", "snapshot  ", "快照  "},
			{"snapshot build --as-of 2026-06-02 --out @2.db @tuesday.csv", "snapshot  ", "快照  "},
			{"snapshot build --as-of 2026-06-01 --out @bad.db @bad.csv", "1 bad rows; no snapshot was written", "1 个坏行；没有写出快照"},
			{"snapshot build --as-of 2026-06-01 --births some --out @bad.db @monday.csv", "usage: --births", "--births \"some\"：只有"},
			{"snapshot build --as-of 2026-06-01 --recipient= --out @bad.db @monday.csv", "names no machine", "没有指定机器"},
			{"snapshot keygen @keys", "keys written to", "密钥已写入"},
			{"snapshot keygen @keys", "file exists", "文件已存在"},
			{"snapshot publish @1.db", "usage: name --keys and --to", "：请指定 --keys 和 --to"},
			{"snapshot publish --keys @keys --to @feed @1.db", "is a new feed", "是新的发布源"},
			{"snapshot publish --keys @keys --to @feed --name 样例 @1.db", "\npublished  ", "\n已发布     "},
			{"snapshot publish --keys @keys --to @feed --previous @1.db @2.db", "delta      from ", "增量       起自 "},
			{"snapshot publish --keys @keys --to @feed --persons @2.db", "--persons publishes a person index", "--persons 用于发布人员索引"},
			{"snapshot keygen @new", "keys written to", "密钥已写入"},
			{"snapshot rotate --keys @keys --new-keys @new --to @feed", "publish once more", "请再发布一次"},
			{"snapshot import @feed", "no trusted root", "没有可信任的更新根"},
			{"snapshot persons --as-of 2026-06-01 --pepper @pepper --out @p.db @monday.csv", "encrypted always", "一律加密"},
			{"snapshot sample --rows -1", "at most 100 million", "至多 1 亿行"},
			{"snapshot import --preview @1.db", "nothing was changed (--preview)", "没有作任何更改"},
			{"snapshot import @1.db", "generation 1 is in use", "正在使用第 1 代"},
			{"snapshot import @1.db", "in use already", "已在使用"},
			{"snapshot import @2.db", "replaces  ", "替换      "},
			{"snapshot import @1.db", "older than the snapshot in use", "比在用的快照旧"},
			{"snapshot import @missing.db", "no such file", "没有此文件或文件夹"},
			{"snapshot import @monday.csv", "monday.csv: not a registry snapshot; nothing was changed\nzhengyan: hint: \"zhengyan snapshot build\" makes", "monday.csv: 不是注册库快照；没有作任何更改\nzhengyan: 提示：表格（"},
			{"snapshot info @broken.pdf", "broken.pdf: not a registry snapshot", "broken.pdf: 不是注册库快照"},
			{"snapshot list", "signed by nobody", "签署：无人"},
			{"snapshot info", "state", "状态"},
			{"snapshot verify", "indexes and hashes are whole", "及其索引和散列都完好"},
			{"snapshot revert", "generation 1 (", "第 1 代（"},
			{"snapshot lookup 京1112015201600001", "employer ", "聘用企业 "},
			{"audit list", "there is no audit log yet", "还没有核验日志"},
			{"verify --audit @notes.txt", "notes.txt", "notes.txt"},
			{"audit list", "verify", "verify"},
			{"audit verify", "1 entries, all in place", "共 1 条，全部完好"},
			{"audit verify --witness @notes.txt", "/notes.txt: not a checkpoint of an audit log\nzhengyan: hint: ", "/notes.txt：不是核验日志的检查点\nzhengyan: 提示："},
			{"audit verify --witness @empty.txt", "/empty.txt: not a checkpoint", "/empty.txt：不是"},
			{"audit verify --witness @long.txt", "/long.txt: not a checkpoint", "/long.txt：不是"},
			{"audit verify --witness @missing.txt", "/missing.txt: no such file", "/missing.txt：没有此文件"},
			{"inspect document @broken.pdf", "cannot be read: ", "读不了："},
			{"inspect seal @broken.pdf", "cannot be read: ", "读不了："},
			{"inspect qr @missing.pdf", "cannot be read: ", "读不了："},
			{"inspect document @small.pdf", "page", "页面"},
			{"inspect ink --crops @small.pdf", "--crops needs a reference", "--crops 需要参照图片"},
		} {
			args := strings.Fields(c.line)
			for i, a := range args {
				if rest, ok := strings.CutPrefix(a, "@"); ok {
					args[i] = at(rest)
				}
			}
			if args[0] != "inspect" && !slices.Contains(publishers, args[1]) {
				args = append(args, "--data", at("data"))
			}
			got := strings.ReplaceAll(spokenIn(t, lang, args), dir, "")
			want := c.en
			if lang != "C" {
				want = c.zh
			}
			if !strings.Contains(got, want) {
				t.Errorf("%s: %s: %q is not in %q", lang, c.line, want, got)
			}
			for _, l := range strings.Split(got, "\n") {
				if l = command.ReplaceAllString(l, ""); lang != "C" && words.MatchString(l) && !strings.Contains(c.line, "inspect") {
					t.Errorf("%s: not in Chinese: %q", c.line, l)
				}
			}
		}
	}
}

func TestWhySignaturesCannotBeCompared(t *testing.T) {
	for key, want := range map[string]string{"query-empty": "这张图片上没有笔迹", "reference-too-coarse": "参照图片分辨率不足", "hidden": "hidden", "": ""} {
		if got := cropReason(key); got != want {
			t.Errorf("%q: %q", key, got)
		}
	}
}
