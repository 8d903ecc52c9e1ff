# A case as a shell script has it: plant; then twice run, look, and compare with what was there before.

look() {
    (cd "$1" && { find . -printf '%p %y %m %U:%G %l\n'; find . -type f -exec sha256sum {} +; } | sort)
}

# the_link_survives NUMBER
the_link_survives() {
    local root=$ROOT/$1 step
    mkdir -p "$root/home" "$root/tmp" "$root/project" "$root/store/env"
    ln -s ../store/env "$root/project/.venv"
    echo "notes of $1" > "$root/project/notes.txt"
    look "$root" > "$root.0"
    for step in 1 2; do
        # Declining the second time is no fault; bats runs this with `set -e`.
        (cd "$root/project" && "$UV" venv --python "$PYTHON" .venv) > "$root.$step.output" 2>&1 || :
        look "$root" > "$root.$step"
        [ "$(readlink "$root/project/.venv")" = ../store/env ] || return 1
        # Nothing outside the environment: neither its content nor its kind, mode, owner or text.
        if diff "$root.$((step - 1))" "$root.$step" | grep '^[<>]' | grep -v ' \./store/env'; then return 1; fi
    done
}
