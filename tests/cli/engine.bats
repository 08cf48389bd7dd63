# SPDX-License-Identifier: ISC
# shellcheck shell=bash
load cli

# context NAME HOST [SKIP_VERIFY]: makes a Docker context; prints the directory of its TLS material, which is not made.
context()
{
	local config=${DOCKER_CONFIG:-$HOME/.docker} hash
	hash=$(printf %s "$1" | sha256sum | cut -c 1-64)
	mkdir -p "$config/contexts/meta/$hash"
	printf '{"Name":"%s","Metadata":{"Description":"x"},"Endpoints":{"docker":{"Host":"%s","SkipTLSVerify":%s}}}' \
		"$1" "$2" "${3:-false}" >"$config/contexts/meta/$hash/meta.json"
	echo "$config/contexts/tls/$hash/docker"
}

# certificates DIR: files with the right names.
certificates()
{
	mkdir -p "$1"
	for name in ca cert key; do
		printf %s "$name of $(basename "$(dirname "$1")")" >"$1/$name.pem"
	done
}

current()
{
	mkdir -p "${DOCKER_CONFIG:-$HOME/.docker}"
	printf '{"auths":{},"currentContext":"%s"}' "$1" >"${DOCKER_CONFIG:-$HOME/.docker}/config.json"
}

@test "DOCKER_HOST names the engine" {
	DOCKER_HOST=unix:///x/y.sock assert_sends engine.path /x/y.sock web
}

@test "--engine wins over DOCKER_HOST and over contexts" {
	context lab unix:///lab.sock
	current lab
	export DOCKER_CONTEXT=lab
	assert_sends engine.path /x.sock -H unix:///x.sock web
	assert_sends engine.path /x.sock --engine=unix:///x.sock web
}

@test "DOCKER_HOST wins over contexts" {
	context lab unix:///lab.sock
	current lab
	DOCKER_CONTEXT=lab assert_sends engine.path /nowhere.sock web
}

@test "DOCKER_CONTEXT wins over the configuration" {
	unset DOCKER_HOST
	context lab unix:///lab.sock
	context other unix:///other.sock
	current other
	assert_sends engine.path /other.sock web
	DOCKER_CONTEXT=lab assert_sends engine.path /lab.sock web
	DOCKER_CONTEXT='' assert_sends engine.path /other.sock web
}

@test "DOCKER_CONFIG says where contexts are" {
	unset DOCKER_HOST
	context lab unix:///home.sock
	export DOCKER_CONFIG=$PWD/elsewhere
	context lab unix:///elsewhere.sock
	current lab
	assert_sends engine.path /elsewhere.sock web
}

@test "an unknown context is an error" {
	unset DOCKER_HOST
	DOCKER_CONTEXT=lab refuses "there is no Docker context \"lab\" in $HOME/.docker; see docker context ls" web
	context other unix:///other.sock
	DOCKER_CONTEXT=lab refuses 'there is no Docker context "lab"' web
	current lab
	refuses 'there is no Docker context "lab"' web
	DOCKER_CONTEXT=../../x refuses 'there is no Docker context "../../x"' web
}

@test "the context default is none" {
	unset DOCKER_HOST
	current default
	export DOCKER_CONTEXT=default
	run centerctl exec web
	assert_silent_about context
	unset DOCKER_CONTEXT
	run centerctl exec web
	assert_silent_about context
}

@test "a broken configuration is said, a broken context of another name is not" {
	unset DOCKER_HOST
	context lab unix:///lab.sock
	mkdir -p "$HOME/.docker/contexts/meta/0000" "$HOME/.docker/contexts/meta/1111"
	echo '{' >"$HOME/.docker/contexts/meta/0000/meta.json"
	mkfifo "$HOME/.docker/contexts/meta/1111/meta.json"
	DOCKER_CONTEXT=lab assert_sends engine.path /lab.sock web
	echo '{"currentContext": "lab"' >"$HOME/.docker/config.json"
	refuses "Docker's $HOME/.docker/config.json is not a JSON object" web
	echo '[]' >"$HOME/.docker/config.json"
	refuses "is not a JSON object" web
	rm "$HOME/.docker/config.json"
	mkfifo "$HOME/.docker/config.json"
	refuses "cannot read Docker's $HOME/.docker/config.json" web
	rm "$HOME/.docker/config.json"
	truncate -s 5M "$HOME/.docker/config.json"
	refuses "cannot read Docker's $HOME/.docker/config.json: File too large" web
}

@test "a context without a docker endpoint is an error" {
	unset DOCKER_HOST
	mkdir -p "$HOME/.docker/contexts/meta/0"
	echo '{"Name":"k8s","Endpoints":{"kubernetes":{"Host":"unix:///k"}}}' >"$HOME/.docker/contexts/meta/0/meta.json"
	DOCKER_CONTEXT=k8s refuses 'the Docker context "k8s" in' web
	assert_says "has no docker endpoint"
}

@test "a context's certificates are its own" {
	unset DOCKER_HOST
	certificates "$(context lab tcp://127.0.0.1)"
	export DOCKER_CONTEXT=lab
	assert_sends engine tls web
	assert_logged engine.host 127.0.0.1
	assert_logged engine.port 2376
	assert_logged engine.verify 1
	hash=$(printf lab | sha256sum | cut -c 1-64)
	assert_logged engine.ca "ca of $hash"
	assert_logged engine.cert "cert of $hash"
	assert_logged engine.key "key of $hash"
}

@test "a context may leave out the check only towards this host" {
	unset DOCKER_HOST
	context near tcp://localhost:99 true
	context far tcp://192.0.2.1:99 true
	DOCKER_CONTEXT=near assert_sends engine.verify 0 web
	assert_logged engine.port 99
	DOCKER_CONTEXT=far refuses "is not used without a check of its certificate" web
}

@test "tcp without TLS is for loopback only, and the reason is said" {
	for url in tcp://127.0.0.1 tcp://localhost:2375 http://127.9.9.9:2375/ tcp://127.0.0.1/; do
		assert_sends engine tcp -H "$url" web
		assert_logged engine.port 2375
		assert_logged engine.family 2
	done
	assert_sends engine.host ::1 -H "tcp://[::1]:77" web
	assert_logged engine.port 77
	assert_logged engine.family 10
	for url in tcp://192.0.2.1:2375 http://192.0.2.1 tcp://0.0.0.0:2375 "tcp://[2001:db8::1]:2375" "tcp://[::]"; do
		refuses "whoever can answer there chooses what is entered, and whoever can reach it is root" -H "$url" web
	done
	DOCKER_HOST=tcp://192.0.2.1:2375 refuses "is not used without TLS" web
}

@test "DOCKER_TLS_VERIFY and https ask for TLS" {
	certificates "$PWD/certs"
	export DOCKER_CERT_PATH=$PWD/certs
	assert_sends engine tls -H https://192.0.2.1 web
	assert_logged engine.port 2376
	assert_logged engine.verify 1
	DOCKER_TLS_VERIFY=1 assert_sends engine tls -H tcp://192.0.2.1:2375 web
	assert_logged engine.port 2375
	DOCKER_TLS_VERIFY='' refuses "is not used without TLS" -H tcp://192.0.2.1:2375 web
	DOCKER_TLS_VERIFY=1 assert_sends engine unix -H unix:///x web
}

@test "certificates are in Docker's configuration unless DOCKER_CERT_PATH says otherwise" {
	certificates "$HOME/.docker"
	export DOCKER_TLS_VERIFY=1 DOCKER_HOST=tcp://127.0.0.1
	assert_sends engine.ca "ca of home" web
	certificates "$PWD/a/certs"
	DOCKER_CERT_PATH=$PWD/a/certs assert_sends engine.ca "ca of a" web
}

@test "missing or odd certificates are errors" {
	export DOCKER_TLS_VERIFY=1 DOCKER_HOST=tcp://127.0.0.1 DOCKER_CERT_PATH=$PWD/certs
	refuses "cannot open $PWD/certs, where the engine's certificates are looked for" web
	mkdir certs
	refuses "there is no ca.pem in $PWD/certs" web
	certificates certs
	rm certs/key.pem
	refuses "of cert.pem and key.pem, $PWD/certs has only one" web
	rm certs/cert.pem
	assert_sends engine.cert "" web
	truncate -s 300K certs/ca.pem
	refuses "$PWD/certs/ca.pem is larger than 262144 bytes" web
	rm certs/ca.pem
	mkdir certs/ca.pem
	refuses "cannot read $PWD/certs/ca.pem: Is a directory" web
	unset DOCKER_CERT_PATH HOME
	refuses "no certificate authority is named to verify it: set DOCKER_CERT_PATH" web
}

@test "addresses that cannot work are explained" {
	refuses "run centerctl there: ssh ann@lab centerctl exec ..." -H ssh://ann@lab web
	refuses "named pipes are Windows's" -H npipe:////./pipe/docker_engine web
	refuses "an address begins with unix://, tcp://, http:// or https://" -H /run/docker.sock web
	refuses "an address begins with" -H localhost:2375 web
	refuses "a socket's path is absolute" -H unix://run/docker.sock web
	refuses "a socket's path has at most 107 bytes" -H "unix:///$(printf 'x%.0s' {1..110})" web
	refuses "with a path behind the host" -H tcp://localhost:2375/x web
	for host in "" a@b "a b" [::1 "[localhost]" ::1 .x -x "$(printf 'x%.0s' {1..254})"; do
		refuses "the host is neither a name, an IPv4 address, nor an IPv6 address in brackets" -H "tcp://$host:1" web
	done
	for port in : :0 :65536 :x :1x :-1; do
		refuses "the port is not a number from 1 to 65535" -H "tcp://localhost$port" web
	done
	refuses "--engine: the address is empty" -H "" web
	DOCKER_HOST=foo refuses "DOCKER_HOST: engine foo" web
}

@test "a name without an address is an error" {
	refuses "cannot find the address of the engine's host does-not-exist.invalid" -H tcp://does-not-exist.invalid web
}

@test "without any hint the socket that is there is used" {
	unset DOCKER_HOST
	run centerctl exec web
	if [ -e /run/docker.sock ]; then
		assert_logged engine.path /run/docker.sock
	elif [ -e /var/run/docker.sock ]; then
		assert_logged engine.path /var/run/docker.sock
	elif [ -e /run/podman/podman.sock ]; then
		assert_logged engine.path /run/podman/podman.sock
	else
		assert_refused "no engine was found: neither /run/docker.sock nor /run/podman/podman.sock is there"
	fi
}
