# Everyday commands; `just` lists them.

_list:
    @just --list

# formatting, lints, licences
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo deny check licenses bans sources

# every test, PostgreSQL and browser included
test:
    ./test

# the store's tests on the PostgreSQL that TEST_DATABASE_URL names
test-pg:
    cargo nextest run --locked -p store

# one fuzz target for some seconds: just fuzz read 60
fuzz target seconds="60":
    cd fuzz && ./seeds && RUSTC_BOOTSTRAP=1 cargo fuzz run {{target}} -- -max_total_time={{seconds}}

# the pictures of docs/guide.md, of a simulated practice
screenshots:
    cargo nextest run --locked -p reclaim --test browser --run-ignored only pictures

# a simulated practice, served
demo:
    cargo run --release -- demo

# the clinic's own database, served
run:
    cargo run --release -- serve

# the code's own documentation
docs:
    cargo doc --workspace --no-deps

# the binary
release:
    cargo build --release --locked
