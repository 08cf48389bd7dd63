#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Threat 18: the caller's environment makes a library write, connect or load something, or reaches the command.
# Proves: centerctl-enter empties its environment first (lib/priv/sanitize), centerctl-resolve gets a constant one, curl is told to
# use no proxy (lib/engine/http), and TERM is checked (lib/base/text).

load attack

setup_file()
{
	container environment base sleep 100000
	mkdir -p "$BATS_FILE_TMPDIR/trap"
	trap_library "$BATS_FILE_TMPDIR/trap"
	: >"$BATS_FILE_TMPDIR/trap/sprung"
	chmod 777 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_FILE_TMPDIR/trap"
	chmod 666 "$BATS_FILE_TMPDIR/trap/sprung"
}

teardown_file()
{
	containers_gone environment
}

setup()
{
	trap=$BATS_FILE_TMPDIR/trap
	: >"$trap/sprung"
	plain=$(env -i "PATH=$PATH" "DOCKER_HOST=$DOCKER_HOST" centerctl exec environment env | sort)
}

teardown()
{
	fake_stop
}

# The helpers were not in it. (centerctl itself has the caller's rights, and the loader serves its caller.)
not_sprung_in_helpers()
{
	run cat "$trap/sprung"
	assert_silent_about centerctl-enter
	assert_silent_about centerctl-resolv
}

@test "nothing of the caller's environment reaches the command" {
	run env FOO=bar LD_PRELOAD= TZ=:/etc/shadow LANG=xx SHELL=/bin/evil USER=evil LOGNAME=evil HOME=/evil PS1=x IFS=x ENV=/evil BASH_ENV=/evil \
		SSH_AUTH_SOCK=/x SUDO_COMMAND=x centerctl exec environment env
	assert_status 0
	diff <(echo "$plain") <(sort <<<"$output")
}

@test "a preloaded or audited library is in neither helper" {
	run env LD_PRELOAD="$trap/trap.so" LD_AUDIT="$trap/trap.so" LD_LIBRARY_PATH="$trap" centerctl exec environment true
	assert_status 0
	not_sprung_in_helpers
	[ ! -e "/proc/$(container_pid environment)/root$trap/sprung" ]
}

@test "a configuration of OpenSSL or GnuTLS that loads a library is in neither helper" {
	cat >"$trap/openssl.cnf" <<-END
		openssl_conf = init
		[init]
		providers = providers
		engines = engines
		[providers]
		trap = trap
		[trap]
		module = $trap/trap.so
		activate = 1
		[engines]
		trap_engine = trap_engine
		[trap_engine]
		dynamic_path = $trap/trap.so
		init = 1
	END
	local certs=$CENTERCTL_STATE/certs
	fake_start --listen tcp:127.0.0.1:0 --template "$(template environment)" --tls "$certs/server-cert.pem" "$certs/server-key.pem"
	run env OPENSSL_CONF="$trap/openssl.cnf" OPENSSL_ENGINES="$trap" OPENSSL_MODULES="$trap" GNUTLS_SYSTEM_PRIORITY_FILE="$trap/openssl.cnf" \
		SSLKEYLOGFILE="$trap/keys" SSL_CERT_FILE=/dev/null SSL_CERT_DIR="$trap" CURL_CA_BUNDLE=/dev/null CURL_SSL_BACKEND=evil CURL_HOME="$trap" \
		DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH="$certs" centerctl exec -H "$fake" environment echo entered
	assert_output entered
	[ ! -e "$trap/keys" ]
	not_sprung_in_helpers
}

@test "no proxy is asked" {
	fake_start --listen tcp:127.0.0.1:0 --template "$(template environment)"
	local proxy=${fake#tcp://} proxy_record=$fake_record
	fake_start --listen tcp:127.0.0.1:0 --template "$(template environment)"
	run env "http_proxy=http://$proxy" "HTTP_PROXY=http://$proxy" "https_proxy=http://$proxy" "ALL_PROXY=socks5://$proxy" "all_proxy=http://$proxy" no_proxy= \
		centerctl exec -H "$fake" environment echo entered
	assert_output entered
	[ ! -s "$proxy_record" ]
}

@test "no netrc and no curlrc is read" {
	mkdir -p "$trap/home"
	echo "machine localhost login evil password evil" >"$trap/home/.netrc"
	echo "machine 127.0.0.1 login evil password evil" >>"$trap/home/.netrc"
	echo "header = \"X-Evil: 1\"" >"$trap/home/.curlrc"
	fake_start --template "$(template environment)"
	run env HOME="$trap/home" NETRC="$trap/home/.netrc" centerctl exec -H "$fake" environment echo entered
	assert_output entered
	run cat "$fake_record"
	assert_silent_about Authorization
	assert_silent_about Evil
}

@test "variables that make libc trace, tune or translate change nothing and write nothing" {
	mkdir -p "$trap/out"
	run env GLIBC_TUNABLES=glibc.malloc.check=3:glibc.rtld.optional_static_tls=99999999999 MALLOC_TRACE="$trap/out/mtrace" LD_PROFILE=libcurl.so.4 \
		LD_PROFILE_OUTPUT="$trap/out" NLSPATH="$trap/%N" LOCPATH="$trap" LC_ALL=xx_XX.UTF-8 LANGUAGE=xx \
		GCONV_PATH="$trap" HOSTALIASES="$trap/hosts" RESOLV_HOST_CONF=/etc/shadow RES_OPTIONS=debug TMPDIR="$trap/out" GETCONF_DIR="$trap" \
		MALLOC_CHECK_=3 GMON_OUT_PREFIX="$trap/out/gmon" TZDIR="$trap" DAEMON_ARGS=x POSIXLY_CORRECT=1 LLVM_PROFILE_FILE="$trap/out/p" \
		centerctl exec environment env
	assert_status 0
	diff <(echo "$plain") <(sort <<<"$output")
	# What the loader writes at the caller's wish about the caller's own program is not ours to forbid.
	run ls "$trap/out"
	assert_silent_about resolve
	assert_silent_about enter
	assert_silent_about mtrace
}

@test "the helpers' environments are constant" {
	env LD_BIND_NOW=1 CANARY=1 DOCKER_CONFIG=/nonexistent centerctl exec environment sleep 17.32 </dev/null 3>&- &
	wait_until 5 process_with sleep 17.32
	local pid found=0
	for pid in $(helpers_left); do
		[ -e "/proc/$pid/exe" ] || continue
		found=1
		run tr '\0' '\n' <"/proc/$pid/environ"
		assert_silent_about CANARY
		assert_silent_about LD_BIND_NOW
		assert_silent_about DOCKER
	done
	kill "$(pids_with sleep 17.32 | tail -n 1)"
	wait $! || true
	[ $found -eq 1 ]
}

# with_environment COMMAND...: executes it with exactly the NAME=VALUE lines on stdin, repeated ones included.
with_environment()
{
	python3 -c 'import ctypes, shutil, sys
libc = ctypes.CDLL(None)
env = [l.encode() for l in sys.stdin.read().split("\n") if l]
vec = lambda words: (ctypes.c_char_p * (len(words) + 1))(*words, None)
libc.execve(shutil.which(sys.argv[1]).encode(), vec([a.encode() for a in sys.argv[1:]]), vec(env))' "$@"
}

@test "repeated, empty and malformed variables are survived" {
	run with_environment centerctl exec environment env <<-END
		PATH=$PATH
		PATH=/evil
		DOCKER_HOST=$DOCKER_HOST
		DOCKER_HOST=unix:///evil
		=
		=x
		NOVALUE
		HOME
		TERM
	END
	[ "$status" -eq 125 ] || diff <(echo "$plain") <(sort <<<"$output")
}

@test "no environment at all is survived" {
	run with_environment centerctl exec -H "$DOCKER_HOST" environment env </dev/null
	assert_status 0
	diff <(echo "$plain") <(sort <<<"$output")
}

@test "a TERM that is none does not get in" {
	local term
	for term in '../../etc/passwd' '/etc/passwd' "$(printf 'a\033[2J')" 'a b' 'a;b' "$(printf 'a%.0s' {1..33})" "$(printf 'a%.0s' {1..100000})" $'x\nEVIL=1' 'xterm%' '$(id)'; do
		TERM=$term run timeout 20 python3 "$CENTERCTL_TOP/tests/lib/pty.py" -- centerctl exec -t environment sh -c 'echo "term is <$TERM>"; env'
		assert_status 0
		assert_silent_about "<$term>"
		assert_silent_about EVIL
	done
	TERM=screen.xterm-256color+x run pty -- centerctl exec -t environment sh -c 'echo "term is <$TERM>"'
	assert_says "<screen.xterm-256color+x>"
}

@test "HOME, USER and SHELL of the command are the container's" {
	run env HOME=/evil USER=evil SHELL=/evil LOGNAME=evil centerctl exec -u app environment sh -c 'echo $HOME $USER $LOGNAME'
	assert_silent_about evil
	assert_says /home/app
}
