#!/usr/bin/env bash
# Generates the clients of integrations/clients out of openapi/openapi.json, checks the types of the programs that use them, and runs
# them: what they print is what is true of the world. Usage: tests/judges/clients.sh target/debug/lacunarr
# What it needs is installed below target/judges, once; what is generated is there too.
set -euo pipefail

source "$(dirname "$0")/service.sh"
OPENAPI_GENERATOR=7.26.0
MYPY=2.4.1
document=$root/openapi/openapi.json
programs=$root/integrations/clients
made=$root/target/judges/clients

needs python3 "3.11 or later, with its venv module"
needs npm "with Node.js 20.19 or later"
needs java "11 or later, for openapi-generator"
needs cargo "Rust 1.94 or later"

# The versions stand here and in the programs' folders, so that this does nothing when they are there.
mkdir -p "$made/python" "$made/typescript"
cp "$programs"/python/{missing.py,generator.yml,requirements.txt} "$made/python"
cp "$programs"/typescript/{missing.ts,package.json,tsconfig.json} "$made/typescript"
[ -x "$made/venv/bin/pip" ] || python3 -m venv "$made/venv" || { echo "python3 has no venv module; install python3-venv" >&2; exit 1; }
"$made/venv/bin/pip" install --quiet --disable-pip-version-check -r "$made/python/requirements.txt" \
  "openapi-generator-cli==$OPENAPI_GENERATOR" "mypy==$MYPY" ||
  { echo "the generators cannot be installed; is PyPI reachable?" >&2; exit 1; }
npm install --prefix "$made/typescript" --silent --no-fund --no-audit --ignore-scripts ||
  { echo "TypeScript cannot be installed; is the npm registry reachable?" >&2; exit 1; }
export PATH=$made/venv/bin:$PATH

# What a generator warns of, without what is known.
warned() { # lines to look for, what is known
  if grep -E "$1" "$work/judged" | grep -vE "$2" >&2; then fail "a generator warns:"; fi
}

echo "Python"
cd "$made/python"
rm -rf lacunarr_client
openapi-python-client generate --path "$document" --config generator.yml --meta none --output-path lacunarr_client \
  >"$work/judged" 2>&1 || fail "openapi-python-client fails:"
# It knows no bodies of text.
warned "^(WARNING|ERROR|Unable|Error)" "^WARNING parsing POST /api/v1/series(/csv|/\{id\}/catalogues/\{name\}/page) within"
printf '[mypy]\nstrict = true\n# Not ours.\n[mypy-lacunarr_client.client]\nignore_errors = true\n' >"$work/mypy.ini"
mypy --config-file "$work/mypy.ini" lacunarr_client missing.py >"$work/judged" 2>&1 || fail "mypy finds:"

echo "TypeScript"
cd "$made/typescript"
rm -rf generated
openapi-generator-cli generate -g typescript-fetch -i "$document" -o generated >"$work/judged" 2>&1 || fail "openapi-generator fails:"
# It takes the parameter `partial` for a model, which it then does not write.
warned " (WARN|ERROR) " "WARN .* - Partial \(model name matches existing language type\)"
node_modules/.bin/tsc >"$work/judged" 2>&1 || fail "tsc finds:"

echo "Rust"
# It needs no symbols, and is built once.
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0
cd "$programs/rust"
cargo rustc --quiet --locked --target-dir "$made/rust" --bin lacunarr-missing -- -D warnings >"$work/judged" 2>&1 || fail "cargo finds:"

# One series is missing so much that its volumes fill more than a page.
python3 "$here/world.py" library "$work/judges"
mkdir "$work/judges/Naruto"
for volume in 01 70; do cp "$work/judges/Berserk/Berserk T01.cbz" "$work/judges/Naruto/Naruto T$volume.cbz"; done
serve_world LACUNARR__SETTINGS__KEEP_FREE_GIGABYTES=0
python3 "$here/world.py" found "$url" "$KEY" || fail "its log:"
export LACUNARR_URL=$url

cat >"$work/expected" <<'TEXT'
Series with missing volumes:
  Berserk: 3,5-6,8 (owned: 1-2,4,7,9)
  Blacksad: 4 (owned: 1-3,5)
  L'Éveil: 2 (owned: 1,3)
  Naruto: 2-69 (owned: 1,70)
Volumes: 4 review, 70 wanted
L'Éveil: 4 offers, 1 would be sent
volume 2: missing; its library is not armed, so nothing is sent
  accepted: L'Éveil T02 FRENCH CBZ
  refused: Something else entirely 1080p
    its title reads 'Something else entirely', which is another series; add it as an alias if it is not
    it states no language, and that of Public is not known; this series is collected in fr (unknownLanguage, indexerLanguages)
    no volume number can be read in its name
TEXT
tries() { # a program
  echo "$(basename "${!#}") runs"
  LACUNARR_API_KEY=$KEY "$@" "L'Éveil" >"$work/judged" 2>&1 || fail "it fails:"
  # The line that sums up has dates in it.
  sed -i 's/\(so nothing is sent\);.*/\1/' "$work/judged"
  diff "$work/expected" "$work/judged" >&2 || fail "it does not say what is:"
  if LACUNARR_API_KEY=wrong "$@" >"$work/judged" 2>&1; then fail "a wrong key is no error:"; fi
  grep -q "^Unauthorised: the API key is missing or wrong" "$work/judged" || fail "the problem is not told:"
}
tries python "$made/python/missing.py"
tries node "$made/typescript/dist/missing.js"
tries "$made/rust/debug/lacunarr-missing"

see_it_through "generated clients"
