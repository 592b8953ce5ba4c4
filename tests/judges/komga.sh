#!/usr/bin/env bash
# Judges what the Komga adapter asks, and what its stand-in answers, by Komga's own OpenAPI document (komga.json, the part that is
# used): prism stands between the two and lets nothing through that is not as the document says.
# What it needs is installed below target/judges, once.
set -euo pipefail

cd "$(dirname "$0")/../.."
PRISM=5.14.2

command -v npm >/dev/null 2>&1 || { echo "the judges need npm (with Node.js 20.19 or later); install it and run this again" >&2; exit 1; }
prism=$PWD/target/judges/prism-$PRISM
if [ ! -x "$prism/node_modules/.bin/prism" ]; then
  echo "installing @stoplight/prism-cli $PRISM"
  rm -rf "$prism"
  mkdir -p "$prism"
  npm install --prefix "$prism" --silent --no-fund --no-audit --ignore-scripts "@stoplight/prism-cli@$PRISM" ||
    { rm -rf "$prism"; echo "@stoplight/prism-cli cannot be installed; is the npm registry reachable?" >&2; exit 1; }
fi
LACUNARR_TEST_PRISM=$prism/node_modules/.bin/prism \
  cargo test --test it --quiet -- --ignored --exact komga::judged::requests_and_answers_are_as_the_document_says
