# Sourced by every script of package.json: puts the Node of the project, which is a package, before that of
# the machine. npm itself cannot be relied on for it: 10 and early 11 take the packages of Node for other
# platforms for failed installs, and remove their command `node`, which is also that of this platform's.

# What tools say of themselves under `DEBUG=*` takes megabytes and minutes. Who wants it starts them by npx.
unset DEBUG

for folder in node_modules/node-*; do
  if [ -x "$folder/bin/node" ]; then
    PATH="$PWD/$folder/bin:$PATH"
    # For npx, which looks there alone. Whoever may not write there does without.
    [ -e node_modules/.bin/node ] ||
      ln -s "../${folder#node_modules/}/bin/node" node_modules/.bin/node 2>/dev/null || true
    return 0
  fi
done

if ! node -e 'process.exit(Number.parseInt(process.versions.node) < 26 ? 1 : 0)' 2>/dev/null; then
  echo 'Node 26 is missing: run `npm ci`, which brings it. If it brings none for this platform, install it.' >&2
  return 1
fi
