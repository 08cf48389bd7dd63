# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# setup_suite and teardown_suite of every directory of bats files that need an engine. tests/run starts the engines once
# for all of them and exports CENTERCTL_STATE; `bats tests/engine` alone starts its own.

suite_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

setup_suite()
{
	if [ -z "${CENTERCTL_STATE:-}" ]; then
		# shellcheck source=tests/lib/build.bash
		. "$suite_top/tests/lib/build.bash"
		build_for_tests >&2
		CENTERCTL_STATE=$("$suite_top/tests/lib/engine" start $$ "$build_tests_prefix")
		suite_started=1
	fi
	# shellcheck source=/dev/null
	. "$CENTERCTL_STATE/env"
	export CENTERCTL_STATE
}

teardown_suite()
{
	if [ -n "${suite_started:-}" ]; then
		"$suite_top/tests/lib/engine" stop "$CENTERCTL_STATE"
	fi
}
