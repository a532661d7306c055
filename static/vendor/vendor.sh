#!/bin/sh
# Fetch the browser libraries at the versions named below and rewrite VERSIONS.
# For maintainers: change a version, run this, read the difference, commit. Needs npm, tar and sha256sum.
set -eu
cd "$(dirname "$0")"
tests=../../tests/browser/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # npm package name, version -> $work/<name without slashes>/package
  folder="$work/$(printf %s "$1" | tr / -)"
  mkdir -p "$folder"
  (cd "$folder" && tar -xzf "$(npm pack --silent "$1@$2" 2>/dev/null | tail -n 1)")
  package="$folder/package"
}

keep() { # npm package name, version, licence, file in the package, file here
  mkdir -p "$(dirname "$5")"
  cp "$package/$4" "$5"
  case $5 in
    *.css | *.js) # the manifest storage refuses a source map that is not there
      sed -i -E 's#//[#@] ?sourceMappingURL=.*$##; s#/\*[#@] ?sourceMappingURL=[^*]*\*/##' "$5" ;;
  esac
  printf '%s %s %s %s %s\n' "$1" "$2" "$3" "${5#../../}" "$(sha256sum <"$5" | cut -d' ' -f1)" >>"$work/VERSIONS"
}

echo "# npm package, version, licence, file, sha256 of the file as kept (source map lines removed)" >"$work/VERSIONS"

fetch bootstrap 5.3.8
keep bootstrap 5.3.8 MIT dist/css/bootstrap.min.css bootstrap/bootstrap.min.css
keep bootstrap 5.3.8 MIT LICENSE bootstrap/LICENSE

fetch htmx.org 2.0.11
keep htmx.org 2.0.11 0BSD dist/htmx.min.js htmx/htmx.min.js
keep htmx.org 2.0.11 0BSD LICENSE htmx/LICENSE

fetch @fontsource-variable/inter 5.3.0
keep @fontsource-variable/inter 5.3.0 OFL-1.1 files/inter-latin-wght-normal.woff2 inter/inter-latin-wght-normal.woff2
keep @fontsource-variable/inter 5.3.0 OFL-1.1 files/inter-latin-ext-wght-normal.woff2 inter/inter-latin-ext-wght-normal.woff2
keep @fontsource-variable/inter 5.3.0 OFL-1.1 LICENSE inter/LICENSE

fetch axe-core 4.14.1
keep axe-core 4.14.1 MPL-2.0 axe.min.js $tests/axe.min.js
keep axe-core 4.14.1 MPL-2.0 LICENSE $tests/LICENSE

mv "$work/VERSIONS" VERSIONS
