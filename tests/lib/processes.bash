# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Sourced by tests/run and by every bats file (common.bash).

# below PID: all processes below it.
below()
{
	local pid
	for pid in $(pgrep -P "$1"); do
		echo "$pid"
		below "$pid"
	done
}
