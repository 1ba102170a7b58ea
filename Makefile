# make          build bin/lvsform
# make test     everything: checks, host tests, both test kernels (what CI runs)
# make help     the rest

machine := drivers/drivertest/machine
cover   := bin/cover
version := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# The version comes from above; a clone owned by another user must build, too.
export GOFLAGS := $(GOFLAGS) -buildvcs=false

MAKEFLAGS += --no-print-directory

FUZZTIME   ?= 60s
BENCHFLAGS ?=

.PHONY: build help test check kernels test-host test-uml test-qemu coverage no-kernel bench fuzz golden demo clean

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-X main.version=$(version)' -o bin/lvsform ./cmd/lvsform

help:
	@echo 'make build      bin/lvsform, one static file'
	@echo 'make test       checks, host tests with the race detector, kernel tests'
	@echo '                (LVSFORM_TEST_KERNEL=none: without the kernel tests)'
	@echo 'make check      formatting, vet, modules, imports'
	@echo 'make test-host  what needs no test kernel'
	@echo 'make test-uml   kernel tests in User-Mode Linux'
	@echo 'make test-qemu  kernel tests in Linux 6.12 with two CPUs and the race detector'
	@echo 'make bench      benchmarks, here and in a kernel whose clock counts instructions'
	@echo 'make fuzz       every fuzz target for FUZZTIME=$(FUZZTIME)'
	@echo 'make golden     rewrite expected output in testdata; read the diff'
	@echo 'make demo       validate, plan, apply, drift and undo of an example; no root, no kernel module'
	@echo 'one package:    $(machine)/gotest uml ./drivers/netlink -test.v'

ifeq ($(LVSFORM_TEST_KERNEL),none)
parts   := host
kernels := no-kernel
else
parts   := host uml qemu
kernels := test-uml test-qemu
endif

# All of it even if something fails on the way: one run tells everything.
test:
	$(machine)/need $(parts)
	rm -rf $(cover)
	$(MAKE) --keep-going --jobs=1 check test-host kernels coverage

# Side by side, because each kernel keeps about one CPU busy; each is heard when it has ended.
kernels:
	@echo 'kernel tests: $(kernels)'
	$(MAKE) --keep-going --jobs=2 --output-sync=target $(kernels)

check:
	$(machine)/check

test-host:
	$(machine)/need host
	@mkdir -p $(cover)
	go test -race -timeout 40m -skip '^(TestKernel|BenchmarkKernel)' \
		-covermode=atomic -coverpkg=./... -coverprofile=$(cover)/host.out ./...

test-uml:
	$(machine)/need uml
	$(machine)/gotest -t 4200 -c $(cover) uml ./... -test.v

test-qemu:
	$(machine)/need host qemu
	$(machine)/gotest -t 4200 -c $(cover) qemu ./... -test.v

no-kernel:
	@echo 'THE KERNEL TESTS WERE NOT RUN: LVSFORM_TEST_KERNEL=none'

coverage:
	@{ echo 'mode: atomic'; grep -hv ^mode: $(wildcard $(cover)/*.out) /dev/null; } > $(cover)/all
	@go tool cover -func=$(cover)/all | tail -n 1

bench:
	$(machine)/need uml qemu
	@echo '== natively on this machine'
	go test -run '^$$' -bench . -skip '^BenchmarkKernel' -benchmem $(BENCHFLAGS) ./...
	@echo '== QEMU -icount: 1 ns is one instruction, the same on every machine'
	$(machine)/gotest -t 3600 icount ./... -test.benchmem $(BENCHFLAGS:-%=-test.%)
	@echo '== QEMU, plain emulation, wall clock'
	$(machine)/gotest -t 3600 tcg ./... -test.benchmem $(BENCHFLAGS:-%=-test.%)

# Now and then the fuzzer takes its own deadline for a failure. A real one has left its input in testdata, and fails again.
fuzz:
	@grep -roE --include='*_test.go' '^func Fuzz\w+' . | sed 's/:func / /' | sort | \
	while read -r file name; do \
		echo "== $$name"; \
		once() { go test "$$(dirname "$$file")" -run "^$$name\$$" -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5x </dev/null; }; \
		once || once || exit 1; \
	done

golden:
	go test -skip '^TestKernel' $$(grep -rlE --include='*_test.go' 'flag\.Bool(Var)?\(.*"update"' . | xargs -r -n1 dirname | sort -u) -update

demo: build
	examples/demo.sh

clean:
	rm -rf bin
