# `vitest run`, with one option more, since vitest refuses what it does not know: after `--slow`, the run
# ends with its ten slowest files.
for argument; do
  shift
  if [ "$argument" = --slow ]; then
    set -- "$@" --reporter=default --reporter=./test/support/slowest-files.ts
  else
    set -- "$@" "$argument"
  fi
done
exec vitest run "$@"
