# SPDX-License-Identifier: ISC
# zsh -f complete.zsh DIRECTORY LINE...: what zsh offers at the end of each line, typed at a terminal of its own (zpty), with the
# completions of DIRECTORY; a line `== LINE` before those of each.
zmodload zsh/zpty zsh/zselect
here=$(mktemp -d)
export COMPLETE_OUT=$here/out ZDOTDIR=$here
: >$COMPLETE_OUT
cat >$here/.zshrc <<-'END'
	autoload -Uz compinit
	PS1= PROMPT_EOL_MARK=
	# What is only tried, into an array, is not offered.
	compadd() {
		local suffix= i
		local -a hits
		if [[ ${@[(i)-[OAD]]} -gt $# ]]; then
			for ((i = 1; i < $#; i++)); do
				[[ ${@[i]} != -S ]] || suffix=${@[i + 1]}
			done
			builtin compadd -O hits "$@"
			(( ! $#hits )) || print -rl -- $^hits$suffix >>$COMPLETE_OUT
		fi
		builtin compadd "$@"
	}
	next() {
		zle kill-whole-line
		print -r -- "==" >>$COMPLETE_OUT
	}
	offer() {
		_main_complete
		compstate[insert]= compstate[list]=
	}
	compinit -D -u
	zle -C offer complete-word offer
	zle -N next
	bindkey '^I' offer
	bindkey '^T' next
	print -r -- "==" >>$COMPLETE_OUT
END
zpty -b it env "COMPLETE_OUT=$COMPLETE_OUT" "ZDOTDIR=$here" "FPATH=$1:$FPATH" zsh -i
shift

# wait_for N: until so many lines have been answered, 10 s at most.
wait_for() {
	local n said
	for ((n = 0; n < 1000; n++)); do
		while zpty -rt it said; do :; done
		(( $(grep -cx '==' $COMPLETE_OUT) < $1 )) || return 0
		zselect -t 1
	done
	print -u 2 -r -- "zsh did not answer"
	return 1
}

wait_for 1
for line; do
	: >$COMPLETE_OUT
	zpty -wn it "$line"$'\t\x14'
	wait_for 1 || break
	print -r -- "== $line"
	grep -vx '==' $COMPLETE_OUT
done
zpty -d it
rm -rf $here
