# What the scripts share; sourced, not run.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
TARGET=${CARGO_TARGET_DIR:-target}

# wimlib-sys tells cargo to watch the wimlib.h that its own build script installs. The script installs it a moment
# after cargo has noted when the script began, so cargo thinks the header changed and builds wimlib again, every
# time. An old date on the header ends that; its bytes stay as they are.
settle() {
    find "$TARGET" "$@" -path '*wimlib-sys*' -name wimlib.h -exec touch -d 2020-01-01 {} + 2>/dev/null || true
}

have() { command -v "$1" >/dev/null 2>&1; }

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n== %s\n' "$*"; }
