//! Distribution points in Azure's and Google's stores: Azurite (from npm) on loopback, and Google's XML API, whose wire form is
//! S3's, spoken to the S3 server.
#![cfg(feature = "site")]

mod common;
#[path = "../examples/sample_update.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod sample_update;
#[path = "site/servers.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod servers;
#[path = "site/mod.rs"]
mod site;

use servers::{Server, free_port, hand_on, moto, prepared, problems, read_request, request, serve};
use site::Fixture;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The account and key that every Azurite has; Microsoft documents them, and they open nothing else.
const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Azurite, as `scripts/setup` installs it; a line says so where it did not.
fn azurite(folder: &Path) -> Option<Server> {
    let named = std::env::var_os("WIMWRIGHT_AZURITE").map(PathBuf::from);
    let program =
        named.unwrap_or_else(|| common::root().join("target/tools/azurite/node_modules/.bin/azurite-blob"));
    if !program.is_file() {
        let _ = writeln!(std::io::stderr(), "skipped: no Azure server (scripts/setup installs Azurite)");
        return None;
    }
    let port = free_port();
    let mut command = Command::new(program);
    command.args(["--silent", "--skipApiVersionCheck", "--disableTelemetry", "--blobHost", "127.0.0.1"]);
    command.args(["--blobPort", &port.to_string(), "--location"]).arg(folder);
    Some(serve(command, port))
}

/// Makes the container, with a request signed as Azure's shared keys are.
fn make_container(port: u16, name: &str) {
    let date = "Tue, 24 Nov 2026 04:00:00 GMT";
    let text = format!(
        "PUT{}x-ms-date:{date}\nx-ms-version:2021-08-06\n/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container",
        "\n".repeat(12)
    );
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &decode(KEY));
    let signature = encode(ring::hmac::sign(&key, text.as_bytes()).as_ref());
    let head = format!(
        "PUT /{ACCOUNT}/{name}?restype=container HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nx-ms-date: {date}\r\n\
         x-ms-version: 2021-08-06\r\nAuthorization: SharedKey {ACCOUNT}:{signature}\r\nContent-Length: 0\r\n\
         Connection: close\r\n\r\n"
    );
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn decode(text: &str) -> Vec<u8> {
    let digits: Vec<u32> =
        text.bytes().filter_map(|b| DIGITS.iter().position(|d| *d == b)).map(|d| d as u32).collect();
    let mut out = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, d| bits << 6 | d) << (6 * (4 - group.len()));
        out.extend(&bits.to_be_bytes()[1..group.len()]);
    }
    out
}

fn encode(data: &[u8]) -> String {
    let group = |part: &[u8]| {
        let bits = (0..3).fold(0, |bits, i| bits << 8 | u32::from(*part.get(i).unwrap_or(&0)));
        let digit = |i: usize| char::from(DIGITS[(bits >> (18 - 6 * i) & 63) as usize]);
        (0..4).map(|i| if i <= part.len() { digit(i) } else { '=' }).collect::<String>()
    };
    data.chunks(3).map(group).collect()
}

/// Everything that a point is for: sent, whole, mended, only what is missing, taken away.
fn serves(fix: &Fixture, name: &str, corrupt: impl FnOnce(&str)) {
    let sent = fix.ok(["distribute", "P", "--dp", name]);
    assert_eq!(sent["distributions"][0]["state"], 0, "{sent}");
    assert!(problems(fix, 0).is_empty());
    let hex = wimwright::base::sha256(b"bcd").to_string();
    corrupt(&format!("dp/content/{}/{hex}", &hex[..4]));
    let found = problems(fix, 1);
    assert!(found.len() == 1 && found[0].0 == "boot/bcd", "{found:?}");
    fix.ok(["distribute", "P"]);
    assert!(problems(fix, 0).is_empty());
    fs::write(fix.dir().join("media/autorun.inf"), b"[new]").unwrap();
    fix.ok(["package", "reload", "P"]);
    fix.ok(["distribute", "P"]);
    assert!(problems(fix, 0).is_empty());
    fix.ok(["withdraw", "P"]);
    assert_eq!(fix.ok(["dp", "status"])["distributions"].as_array().unwrap().len(), 0);
}

#[test]
fn a_container_of_azure_is_a_distribution_point() {
    assert_eq!((encode(b"any "), decode("YW55IA==")), ("YW55IA==".to_owned(), b"any ".to_vec()));
    let Some(fix) = prepared() else { return };
    let Some(server) = azurite(&fix.dir().join("azurite")) else { return };
    make_container(server.1, "bucket");
    let credentials = format!("azure_storage_account_name = {ACCOUNT}\nazure_storage_account_key = {KEY}\n");
    fs::write(fix.dir().join("azure"), credentials).unwrap();
    let endpoint = format!("http://127.0.0.1:{}/{ACCOUNT}", server.1);
    let args = ["dp", "add", "AZ", "az://bucket/dp", "--endpoint", &endpoint];
    fix.ok(args.into_iter().chain(["--credentials", "azure", "--allow-http"]));
    serves(&fix, "AZ", |key| overwrite(server.1, key));
    // The key is in no record.
    for file in common::files_below(&fix.dir().join("site")) {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(KEY.len()).any(|w| w == KEY.as_bytes()), "{} holds the key", file.display());
    }
}

/// Puts other bytes into a blob.
fn overwrite(port: u16, key: &str) {
    let date = "Tue, 24 Nov 2026 04:00:00 GMT";
    let text = format!(
        "PUT\n\n\n3\n{}x-ms-blob-type:BlockBlob\nx-ms-date:{date}\nx-ms-version:2021-08-06\n/{ACCOUNT}/{ACCOUNT}/bucket/{key}",
        "\n".repeat(8)
    );
    let hmac = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &decode(KEY));
    let signature = encode(ring::hmac::sign(&hmac, text.as_bytes()).as_ref());
    let head = format!(
        "PUT /{ACCOUNT}/bucket/{key} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nx-ms-date: {date}\r\nx-ms-blob-type: BlockBlob\r\n\
         x-ms-version: 2021-08-06\r\nAuthorization: SharedKey {ACCOUNT}:{signature}\r\nContent-Length: 3\r\n\
         Connection: close\r\n\r\nbad"
    );
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

/// A way to the S3 server for Google's requests: they are the same but for who signs them, which that server cannot read.
fn google(to: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let (head, body) = read_request(&client)?;
                let lines = head.lines().filter(|l| !l.to_lowercase().starts_with("authorization:"));
                let who = "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request, \
                           SignedHeaders=host, Signature=0";
                let lines: Vec<&str> = lines.filter(|l| !l.is_empty()).collect();
                let head = lines.join("\r\n");
                hand_on(&client, to, &format!("{head}\r\nAuthorization: {who}\r\n"), &body)
            });
        }
    });
    port
}

#[test]
fn a_bucket_of_google_is_a_distribution_point() {
    let Some(server) = moto() else { return };
    let Some(fix) = prepared() else { return };
    assert_eq!(request(server.1, "PUT", "/bucket", b"").0, 200);
    let port = google(server.1);
    let account = format!(
        r#"{{"type": "service_account", "gcs_base_url": "http://127.0.0.1:{port}", "disable_oauth": true,
            "client_email": "a@b.c", "private_key": "", "private_key_id": ""}}"#
    );
    fs::write(fix.dir().join("account.json"), account).unwrap();
    let endpoint = format!("http://127.0.0.1:{port}");
    let args = ["dp", "add", "GCS", "gs://bucket/dp", "--endpoint", &endpoint];
    fix.ok(args.into_iter().chain(["--credentials", "account.json", "--allow-http"]));
    serves(&fix, "GCS", |key| {
        assert_eq!(request(server.1, "PUT", &format!("/bucket/{key}"), b"bad").0, 200);
    });
}
