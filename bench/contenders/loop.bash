# loop.bash COUNT: the cases one after the other, a line for each, and their trees removed at the end.
. "$(dirname "$0")/case.bash"
mkdir -p "$ROOT"
for ((number = 0; number < $1; number++)); do
    if the_link_survives "$number"; then echo "$number holds"; else echo "$number breaks"; failed=1; fi
done
rm -rf "$ROOT"
exit "${failed:-0}"
