# The commands of this project. Each installs the Debian packages it needs (root or sudo) and builds only what
# it uses; CI calls the same ones.
JOBS ?= $(shell nproc)
export CCACHE_DIR ?= $(HOME)/.cache/ccache
# So that another checkout of the same code finds it compiled.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

.PHONY: all demo test asan tsan lint fuzz mutants format bench bench-images image chart-test chart-golden chart-readme e2e e2e-run e2e-refusals e2e-rights e2e-recovery e2e-recovery-wal e2e-chart e2e-rendered storms conformance matrix clean packages-%

all: build/release/noobaa-db-backup  ## the release executable

build/release/noobaa-db-backup: packages-build FORCE
	@cmake --preset release >/dev/null
	@cmake --build --preset release -j$(JOBS)

demo: packages-build-test  ## the main job against a simulated cluster, in seconds once built
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev -j$(JOBS) --target noobaa-db-backup noobaa-db-backup-simcluster
	@scripts/demo build/dev

test: packages-build-test  ## unit and integration tests
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev -j$(JOBS)
	@ctest --test-dir build/dev --output-on-failure -j$(JOBS)

asan: packages-build-test  ## the same tests under the address and undefined-behaviour sanitizers
	@cmake --preset asan-ubsan >/dev/null
	@cmake --build --preset asan-ubsan -j$(JOBS)
	@ctest --test-dir build/asan-ubsan --output-on-failure -j$(JOBS)

# Where there is one thread by construction, nothing can race; building all of it for that would take minutes.
THREADED := conformance_test k8s_transport_test kill_matrix_test log_test program_test sim_loopback_test time_test
empty :=
tsan: packages-build-test  ## the tests with several threads under the thread sanitizer
	@cmake --preset tsan >/dev/null
	@cmake --build --preset tsan -j$(JOBS) --target $(THREADED) kill-matrix
	@TSAN_OPTIONS=suppressions=$(CURDIR)/tests/tsan.supp:halt_on_error=1 ctest --test-dir build/tsan --output-on-failure -j$(JOBS) \
	  -R '^($(subst $(empty) ,|,$(THREADED))|kill_matrix_slice)$$'

lint: packages-build-test-lint  ## formatting, clang-tidy, shell scripts, do the mutants fit the code
	@cmake --preset dev >/dev/null
	@scripts/lint build/dev

fuzz: packages-build-fuzz  ## the parsers on inputs nobody thought of; FUZZ_RUNS=N executions of each, for longer
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz -j$(JOBS)
	@scripts/fuzz build/fuzz

mutants: packages-build-test-mutants  ## cures taken out of the code one at a time: does a test notice?
	@scripts/mutants

format: packages-lint  ## clang-format over all sources, in place
	@clang-format-14 -i $$(git ls-files '*.cpp' '*.h')

# bench/compare's header has what BENCH_SIZES, BENCH_RUNS and more choose.
bench: packages-build-test-bench  ## what a pass costs, next to a shell script and a Go client: simulated, or on the API server of KUBECONFIG; BENCH_SIZES="12 1000"
	@cmake --preset bench >/dev/null
	@cmake --build --preset bench -j$(JOBS)
	@$(if $(KUBECONFIG),,bench/run build/bench)
	@KUBECONFIG="$(KUBECONFIG)" bench/compare build/bench

bench-images: image  ## the image next to those that a shell script and a Go client take; as root
	@cmake --preset bench >/dev/null
	@cmake --build --preset bench -j$(JOBS) --target noobaa-db-backup-measure
	@bench/images/compare build/bench build/image

# Helm is taken from PATH, or built by Go.
chart-test: packages-chart  ## the Helm chart: lint, golden files, refused values, what holds of all it renders
	@helm=$$(scripts/install-helm) && tests/chart/run "$$helm"
	@scripts/chart-readme --check

chart-golden: packages-chart  ## rewrite the golden files; read the difference as a reviewer would
	@helm=$$(scripts/install-helm) && tests/chart/run "$$helm" --update

chart-readme: packages-chart  ## the table of values in the chart's README
	@scripts/chart-readme

# make -j2 -O: two at a time, for each is mostly waiting; then the NooBaa CRD has to be there already.
e2e: e2e-chart e2e-recovery-wal e2e-recovery e2e-run e2e-refusals e2e-rights e2e-rendered  ## against the cluster of KUBECONFIG, in namespaces of its own; E2E_IMAGE=, for the chart installed with it

e2e-run e2e-refusals e2e-rights e2e-recovery: e2e-%: all packages-e2e
	@tests/e2e/$* build/release/noobaa-db-backup

e2e-recovery-wal: all packages-e2e
	@E2E_WAL=1 tests/e2e/recovery build/release/noobaa-db-backup

e2e-chart: all packages-e2e
	@$(if $(E2E_IMAGE),tests/e2e/chart build/release/noobaa-db-backup,echo "the chart with the image: skipped, E2E_IMAGE is not set")

e2e-rendered: packages-chart
	@helm=$$(scripts/install-helm) && tests/chart/validate-on-cluster "$$helm"

storms: all packages-e2e  ## against the same: kills, an operator that goes away, storage that fails; see tests/e2e/storms
	@tests/e2e/storms build/release/noobaa-db-backup

# Cells at a time: most of each is waiting, on a real cluster for its operator.
LANES ?= $(if $(KUBECONFIG),8,24)
CELLS ?= all
matrix: packages-build-test  ## a fault at each request of the executable, then a rerun: simulated, or on the cluster of KUBECONFIG
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev -j$(JOBS) --target kill-matrix
	@build/dev/kill-matrix $(if $(KUBECONFIG),--kubeconfig "$(KUBECONFIG)",--simulated) \
	  --lanes $(LANES) --cells $(CELLS) --table build/matrix.txt

conformance: packages-build-test  ## the simulated API server's tests against the server of KUBECONFIG
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev -j$(JOBS) --target conformance_test
	@NDB_CONFORMANCE_KUBECONFIG="$(KUBECONFIG)" build/dev/tests/conformance/conformance_test --gtest_brief=1

image: packages-image  ## the container image into build/image: archive, root, SBOM; IMAGE=, TAG=
	@scripts/image build/image
	@tests/image/contents build/image/root build/image/config.json

packages-%:
	@scripts/install-packages $(subst -, ,$*)

clean:  ## remove build/
	rm -rf build

FORCE:
