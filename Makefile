# Zhengyan. Two targets matter to a newcomer: `make run` and `make test`. Each does all of its own set-up.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test build cli-static desktop assets package bench bench-qr bench-reading bench-sheet rare-rows digit-rows red-rows glyph-rows bench-seal bench-chain bench-store bench-window bench-hand bench-ink train-ink fuzz soak docs-rules fmt lint clean

FUZZTIME ?= 2m
SOAKTIME ?= 10m
BENCHTIME ?= 1s
PAGES ?= 150
FIRST ?= 0

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: ## set up, build, and open the specimen certificates (in the terminal where there is no display)
	@.ci/run-app

test: ## set up and run every test, the real window included
	@.ci/test

build: ## both programs, into build/
	@.ci/setup cli desktop
	@source .ci/lib.sh; build_cli; build_desktop

cli-static: ## the command line alone: one static binary, no cgo; it does not read the print of images
	@.ci/setup cli
	@source .ci/lib.sh; build_cli_static; .ci/static build/zhengyan

desktop: ## the desktop program alone
	@.ci/setup desktop
	@source .ci/lib.sh; build_desktop

assets: ## fetch the bundled font, the models and the library that read images (pinned, checked)
	@.ci/assets

package: ## archives to hand out, into build/dist
	@.ci/package

bench: ## Go benchmarks of every package
	CGO_ENABLED=0 go test -run '^$$' -bench . -benchtime $(BENCHTIME) -benchmem -tags ci,no_emoji,migrated_fynedo ./...

bench-qr: ## reading codes: this reader and eight others on the same pictures, tables into docs/qr.md (EVERY=4 MINUTES=20)
	BENCHTIME=$(BENCHTIME) ./.ci/bench-qr

bench-reading: ## reading scans and photos, against the truth, into docs/reading.md (PAGES of each class, from FIRST on)
	@.ci/bench-reading $(PAGES) $(FIRST)

bench-sheet: ## corners of sheets in photos, certificates in a scanned bid, into docs/reading.md (PHOTOS and PAGES)
	@.ci/bench-sheet $(PHOTOS) $(PAGES)

rare-rows: ## make anew what the reader of images is taught of rare characters, from typefaces
	@.ci/rare-rows

digit-rows: ## make anew the reader's net for digits in small, pale print, from typefaces
	@.ci/digit-rows

red-rows: ## make anew the reader's net for print under a seal's red ink, from typefaces
	@.ci/red-rows

glyph-rows: ## make anew the reader's net for single Chinese characters, from typefaces
	@.ci/glyph-rows

bench-seal: ## checking signatures: this package against pdfsig and mutool on the same files, then its own benchmarks
	CGO_ENABLED=0 go test -run '^$$' -bench AgainstPeers -benchtime 1x ./verify/seal
	CGO_ENABLED=0 go test -run '^$$' -bench 'Inspect|Corpus$$' -benchtime $(BENCHTIME) -benchmem ./verify/seal

bench-chain: ## against pdfsig, pdftotext, pdftoppm and zbarimg on the same files
	@.ci/bench-chain

bench-window: ## a batch of FILES (1000) in the real window against the command line: throughput, answers, memory
	@.ci/bench-window

bench-store: ## the registry store against dd, SQLite and a raw array on the same rows (ROWS=1000000)
	@.ci/bench-store

bench-hand: ## how well signatures are told apart, into docs/ink.md
	@.ci/bench-hand

bench-ink: ## how well ink is found on 1,000 fresh prints, into docs/ink.md
	CGO_ENABLED=0 ZHENGYAN_INK_REPORT=docs/ink.md nice -n 10 go test -run TestPresenceReport -timeout 6h -v ./verify/ink

train-ink: ## learn the likeness of signatures anew, from invented writing alone
	@.ci/train-ink

fuzz: ## every fuzz target, FUZZTIME each (2m)
	@.ci/fuzz $(FUZZTIME)

soak: ## the command line on the specimens again and again for SOAKTIME (10m); memory and verdicts must hold still
	@.ci/soak $(SOAKTIME)

docs-rules: ## write docs/rules.md from the rule data
	@CGO_ENABLED=0 go run ./verify/rules/gen > build/rules.md.new && mv build/rules.md.new docs/rules.md

fmt: ## format with gofumpt
	@source .ci/lib.sh; tool gofumpt; gofumpt_files | xargs -0 "$$TOOLS/gofumpt" -w

lint: ## gofumpt, vet, staticcheck, govulncheck
	@.ci/lint

clean: ## remove build/ (what `make assets` fetched stays)
	rm -rf build
