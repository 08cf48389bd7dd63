# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# shellcheck source=tests/lib/suite.bash
. "$(dirname "${BASH_SOURCE[0]}")/../lib/suite.bash"
