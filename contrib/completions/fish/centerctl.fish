# SPDX-License-Identifier: ISC
# fish completion for centerctl(1). Verbs, words and options are those that `centerctl VERB --help` shows; containers, users,
# toolboxes, keys and sessions those that centerctl tells whoever types.

function __centerctl_ask
    timeout 2 centerctl $argv 2>/dev/null </dev/null
end

function __centerctl_verbs
    __centerctl_ask help | string replace -rf '^  ([a-z]+) +(.*)$' '$1\t$2'
end

# The options of a verb, one a line: letter, name, value, what it does; - for what is not there.
function __centerctl_options
    for line in (__centerctl_ask $argv --help)
        set -l is (string match -r '^  (-.|  ).? (--[a-z][a-z-]*)((?: [^ ]+)?) +(.*)$' -- $line); or continue
        set is[2] (string sub -s 2 -- $is[2] | string replace ' ' -)
        set is[4] (string trim -- $is[4])
        test -n "$is[4]"; or set is[4] -
        string join \t -- $is[2..5]
    end
end

# Those for which whoever asks has the verb's right; where nothing is entered, those too that do not run.
function __centerctl_containers
    set -l verb (commandline -opc)[2]
    set -l with --filter can=$verb
    switch $verb
        case logs show wait
            set with -a $with
        case forward
            set with --filter can=dial
        case keys policy
            set with -a
    end
    __centerctl_ask ls -q $with | string replace -r '$' \tcontainer
end

# As whom, by the rules: nothing for root, who needs none.
function __centerctl_users
    __centerctl_ask ls --json | string match -rag '"users": \[([^]]*)\]' | string match -rag '"([A-Za-z0-9_.:-]+)"' | sort -u | string replace -r '$' \tuser
end

# Names of toolboxes, which everybody may read.
function __centerctl_toolboxes
    __centerctl_ask toolbox ls -q | string replace -r '$' \ttoolbox
end

# IDs of running sessions, for root.
function __centerctl_sessions
    __centerctl_ask sessions | string match -rg '^([a-z2-7]{26}) ' | string replace -r '$' \tsession
end

# Names in the registry, for root.
function __centerctl_keys
    __centerctl_ask keys list | tail -n +2 | string match -rg '^(\S+)' | string replace -r '$' \tkey
end

# Values of an option: __centerctl_value VERB OPTION TOKEN.
function __centerctl_value
    switch $argv[2]
        case --env-file --pid-file --output --file --sshd-config
            __fish_complete_path $argv[3]
        case --source --directory --dir
            __fish_complete_directories $argv[3]
        case --static
            test $argv[1] = toolbox; and __fish_complete_path $argv[3]; or __centerctl_toolboxes
        case --toolbox
            __centerctl_toolboxes
        case --container
            __centerctl_containers
        case --session
            __centerctl_sessions
        case --key
            __centerctl_keys
        case --user
            test $argv[1] = audit; and __fish_complete_users; or __centerctl_users
        case --gdbserver
            echo stdio
        case --env
            set -nx
        case --engine
            printf '%s\n' unix:///run/docker.sock unix:///run/podman/podman.sock tcp://127.0.0.1:2375
        case --ns
            printf '%s\n' all mnt uts ipc net pid user cgroup time
        case --as
            printf '%s\n' key: principal: user: group:
        case --for
            printf '%s\n' exec shell logs debug show top stats wait signal cp backup restore sftp dial diff
        case --signal
            kill -l | string split ' '
        case --format
            printf '%s\n' table json
        case --filter
            printf '%s\n' name= image= state= can=
        case --ssh
            __fish_print_hostnames
        case --only
            printf '%s\n' host programs policy keys audit gate engine containers tools
        case --bind --address
            printf '%s\n' 127.0.0.1 ::1 0.0.0.0
        case --host-pid
            __fish_complete_pids
    end
end

# The word number N (from 0) behind the verb that is no option: __centerctl_operand VERB N WORD-BEHIND TOKEN.
function __centerctl_operand
    switch "$argv[1]:$argv[2]"
        case exec:0 shell:0 debug:0 show:0 logs:0 signal:0 top:0 diff:0 backup:0 restore:0 sftp:0 dial:0 'stats:*' 'wait:*'
            __centerctl_containers
        case cp:0 cp:1
            string match -q '*:*' -- $argv[4]; and return
            __centerctl_containers | string replace \t :\t
            __fish_complete_path $argv[4]
        case 'forward:*'
            # LOCAL:TARGET:PORT
            string match -q '*:*:*' -- $argv[4]; and return
            set -l before (string match -r '^.*:' -- $argv[4])
            __centerctl_containers | string replace \t :\t | string replace -r '^' "$before"
        case diff:1 watch:0 end:0
            __centerctl_sessions
        case which:0
            __fish_complete_pids
        case replay:0
            __fish_complete_path $argv[4]
        case 'doctor:*'
            __fish_complete_users
        case help:0
            __centerctl_verbs
        case 'audit:*'
            test $argv[2] = 0; and printf 'verify\tWhether the log is whole\n'
            __fish_complete_path $argv[4]
        case policy:0
            printf '%s\n' check explain lint
        case policy:1
            test "$argv[3]" = explain; and __centerctl_containers; or __fish_complete_path $argv[4]
        case keys:0
            printf '%s\n' add remove list check
        case toolbox:0
            printf '%s\n' build add ls rm
        case 'keys:*'
            test "$argv[3]" = remove; and __centerctl_keys
            test "$argv[3]" = add; and test $argv[2] -gt 1; and __fish_complete_path $argv[4]
        case 'toolbox:*'
            test "$argv[3]" = rm; and __centerctl_toolboxes
    end
end

# Whether options end behind so many operands: what follows the target of exec is the command's own.
function __centerctl_options_end
    switch $argv[1]
        case exec shell
            test $argv[2] -gt 0
        case debug
            test $argv[2] -gt 1
        case policy
            test "$argv[3]" = explain; and test $argv[2] -gt 1
        case '*'
            return 1
    end
end

# The option of this word whose value is the next one, if it has one: --user, -u, -itu. The rows of the table follow.
function __centerctl_open_option
    set -l word $argv[1]
    set -l rows $argv[2..-1]
    if string match -q -- '--?*' $word
        string match -q '*=*' -- $word; and return
        string match -qr -- "^.\t$word\t[^-]" $rows; and echo -- $word
        return
    end
    set -l letters (string split '' -- (string sub -s 2 -- $word))
    for i in (seq (count $letters))
        set -l name (string match -rg -- "^\Q$letters[$i]\E\t(\S+)\t[^-]" $rows); or continue
        test $i = (count $letters); and echo -- $name
        return
    end
end

function __centerctl_complete
    set -l words (commandline -opc)
    set -l token (commandline -ct)
    if test (count $words) -eq 1
        __centerctl_verbs
        return
    end
    set -l verb $words[2]
    set -l of $verb
    string match -q 'policy explain' -- "$words[2..3]"; and set of policy explain
    set -l rows (__centerctl_options $of)
    test (count $rows) -gt 0; or return
    set -l operands 0
    set -l behind ''
    set -l open ''
    set -l dashes
    for word in $words[3..-1]
        if test -n "$open"
            set open ''
        else if test "$word" = --
            contains $verb exec debug policy; and test $operands -gt 0; and return
            set dashes 1
        else if string match -q -- '-?*' $word
            set open (__centerctl_open_option $word $rows)
            # It stands for the target.
            string match -q -- '--host-pid*' $word; and set operands (math $operands + 1)
        else
            test $operands -eq 0; and set behind $word
            set operands (math $operands + 1)
        end
        __centerctl_options_end $verb $operands $behind; and test -z "$open"; and return
    end
    if test -n "$open"
        __centerctl_value $verb $open $token
    else if string match -q -- '--*=*' $token
        set -l name (string split -m 1 = -- $token)
        __centerctl_value $verb $name[1] "$name[2]" | string replace -r '^' -- "$name[1]="
    else if string match -q -- '-*' $token; and test -z "$dashes"
        for row in $rows
            set -l is (string split \t -- $row)
            test $is[1] = -; or echo -- -$is[1]\t$is[4]
            echo -- $is[2]\t$is[4]
        end
    else
        __centerctl_operand $verb $operands "$behind" "$token"
    end
end

complete -c centerctl -f -a '(__centerctl_complete)'
