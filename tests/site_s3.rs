//! Distribution points in an S3 server on loopback (moto, from PyPI), one that fails half of the requests, and over HTTP.
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

use servers::{SECRET, free_port, hand_on, moto, prepared, problems, read_request, request, serve, way};
use site::Fixture;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A way to the server on which every second request comes to nothing, in one way or the other.
fn unreliable(to: u16) -> (u16, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let failed = Arc::new(AtomicU32::new(0));
    let (count, requests) = (failed.clone(), Arc::new(AtomicU32::new(0)));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (count, requests) = (count.clone(), requests.clone());
            std::thread::spawn(move || relay(stream, to, &count, &requests));
        }
    });
    (port, failed)
}

fn relay(mut client: TcpStream, to: u16, failed: &AtomicU32, requests: &AtomicU32) -> Option<()> {
    let (head, body) = read_request(&client)?;
    // A number that mixes, so that it is not always the same request of a pair.
    let n = requests.fetch_add(1, SeqCst).wrapping_mul(2_654_435_761) >> 16;
    if n.is_multiple_of(2) {
        failed.fetch_add(1, SeqCst);
        if n.is_multiple_of(4) {
            // The connection is cut.
            return None;
        }
        client.write_all(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok()?;
        return Some(());
    }
    hand_on(&client, to, &head, &body)
}

fn add(fix: &Fixture, name: &str, port: u16) {
    let endpoint = format!("http://127.0.0.1:{port}");
    let args = ["dp", "add", name, "s3://bucket/dp", "--endpoint", &endpoint, "--region", "us-east-1"];
    fix.ok(args.into_iter().chain(["--credentials", "credentials", "--allow-http"]));
}

#[test]
fn an_s3_server_that_fails_half_of_the_requests_gets_everything() {
    let Some(server) = moto() else { return };
    let Some(fix) = prepared() else { return };
    assert_eq!(request(server.1, "PUT", "/bucket", b"").0, 200);
    let (port, failed) = unreliable(server.1);
    add(&fix, "S3", port);
    let sent = fix.ok(["distribute", "P", "--dp", "S3"]);
    assert_eq!(
        (&sent["distributions"][0]["state"], &sent["distributions"][0]["version"]),
        (&0.into(), &1.into())
    );
    assert!(problems(&fix, 0).is_empty());
    println!("{} requests failed on the way", failed.load(SeqCst));
    assert!(failed.load(SeqCst) > 5);

    // The layout is that of the library, and a content of several parts is whole.
    let large = fs::read(fix.dir().join("media/large.bin")).unwrap();
    let hex = wimwright::base::sha256(&large).to_string();
    let key = format!("/bucket/dp/content/{}/{hex}", &hex[..4]);
    let (status, body) = request(server.1, "GET", &key, b"");
    assert!(status == 200 && body == large, "{status}, {} bytes", body.len());

    // A content that is corrupted in place, and one that is gone, are found, and mended.
    assert_eq!(request(server.1, "PUT", &key, b"something else").0, 200);
    let hex = wimwright::base::sha256(b"bcd").to_string();
    assert_eq!(request(server.1, "DELETE", &format!("/bucket/dp/content/{}/{hex}", &hex[..4]), b"").0, 204);
    let found = problems(&fix, 1);
    let expected = [("boot/bcd", "not_found"), ("large.bin", "hash_mismatch")];
    assert_eq!(found, expected.map(|(p, k)| (p.to_owned(), k.to_owned())));
    assert_eq!(fix.ok(["dp", "status"])["distributions"][0]["state"], 3);
    fix.ok(["distribute", "P"]);
    assert!(problems(&fix, 0).is_empty());

    // A new version: only what is missing is sent, what nobody uses goes.
    fs::write(fix.dir().join("media/autorun.inf"), b"[new]").unwrap();
    fix.ok(["package", "reload", "P"]);
    let before = failed.load(SeqCst);
    fix.ok(["distribute", "P"]);
    assert!(failed.load(SeqCst) - before < 40);
    assert!(problems(&fix, 0).is_empty());
    fix.ok(["withdraw", "P"]);
    let (_, listing) = request(server.1, "GET", "/bucket?list-type=2", b"");
    let listing = String::from_utf8_lossy(&listing).into_owned();
    assert_eq!(listing.matches("<Key>").count(), 1, "{listing}");

    drop(server);
    // The secret is in no record and no message, not even where a server sends it back.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| _ = refuse(stream)));
    add(&fix, "Refusing", port);
    let said = fix.run(["distribute", "P", "--dp", "Refusing"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("AccessDenied") || said.stderr.contains("403"), "{}", said.stderr);
    let status = fix.ok(["dp", "status"]);
    assert_eq!(status["distributions"][0]["state"], 3);
    for file in common::files_below(&fix.dir().join("site")) {
        let bytes = fs::read(&file).unwrap();
        assert!(
            !bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes()),
            "{} holds the secret",
            file.display()
        );
    }
    assert!(
        !said.stderr.contains(SECRET) && !String::from_utf8_lossy(&said.stdout).contains(SECRET),
        "{}",
        said.stderr
    );
}

/// Answers that access is denied, and repeats the secret, as no server should.
fn refuse(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let body = format!("<Error><Code>AccessDenied</Code><Message>not with {SECRET}</Message></Error>");
    let head =
        format!("HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

#[test]
fn sending_is_resumed_where_it_was_interrupted() {
    let Some(server) = moto() else { return };
    let Some(fix) = prepared() else { return };
    assert_eq!(request(server.1, "PUT", "/bucket", b"").0, 200);
    let puts = Arc::new(AtomicU32::new(0));
    let count = puts.clone();
    let port = way(server.1, move |head| {
        if head.starts_with("PUT") || head.starts_with("POST") {
            count.fetch_add(1, SeqCst);
        }
        true
    });
    add(&fix, "S3", port);
    let mut child = fix.start(["distribute", "P", "--dp", "S3"]);
    site::until("nothing is sent", || puts.load(SeqCst) >= 5);
    child.kill().unwrap();
    child.wait().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let first = puts.load(SeqCst);
    fix.ok(["distribute", "P", "--dp", "S3"]);
    let second = puts.load(SeqCst) - first;
    assert!(problems(&fix, 0).is_empty());
    let all = fix.ok(["info"])["blobs"].as_u64().unwrap();
    println!("{first} requests that write before the kill, {second} after it, of {all} contents");
    // Lists and parts are requests too; but what was there was not sent again.
    fix.ok(["redistribute", "P"]);
    let everything = puts.load(SeqCst) - first - second;
    assert!(second < everything, "{second} of {everything}");
}

/// The number of the part that a request sends.
fn part(head: &str) -> Option<u32> {
    let (_, rest) = head.lines().next()?.strip_prefix("PUT ")?.split_once("partNumber=")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[test]
fn a_large_content_goes_on_at_the_part_where_it_was_interrupted() {
    let Some(server) = moto() else { return };
    let Some(fix) = prepared() else { return };
    assert_eq!(request(server.1, "PUT", "/bucket", b"").0, 200);
    // Until somebody says so, only the second part comes through.
    let (open, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let (through, parts) = (open.clone(), sent.clone());
    let port = way(server.1, move |head| {
        let Some(number) = part(head) else { return true };
        if !through.load(SeqCst) && number != 2 {
            std::thread::sleep(Duration::from_secs(60));
            return false;
        }
        parts.lock().unwrap().push(number);
        true
    });
    add(&fix, "S3", port);
    let db = || rusqlite::Connection::open(fix.dir().join("site/site.db")).unwrap();
    let known = || db().query_row("SELECT count(*) FROM upload_part", (), |r| r.get::<_, u32>(0)).unwrap();
    let uploads = || {
        let (_, listing) = request(server.1, "GET", "/bucket?uploads", b"");
        String::from_utf8_lossy(&listing).matches("<UploadId>").count()
    };
    let mut child = fix.start(["distribute", "P", "--dp", "S3"]);
    site::until("the second part does not come through", || known() == 1);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!((std::mem::take(&mut *sent.lock().unwrap()), uploads()), (vec![2], 1));
    open.store(true, SeqCst);
    fix.ok(["distribute", "P"]);
    let mut rest = std::mem::take(&mut *sent.lock().unwrap());
    rest.sort_unstable();
    assert_eq!((rest, known(), uploads()), (vec![1, 3], 0, 0), "the second part is sent once");
    assert!(problems(&fix, 0).is_empty());

    // The server has forgotten what was sent: all of it is sent again.
    fix.ok(["withdraw", "P"]);
    open.store(false, SeqCst);
    let interrupt = || {
        let mut child = fix.start(["distribute", "P", "--dp", "S3"]);
        site::until("the second part does not come through", || known() == 1);
        child.kill().unwrap();
        child.wait().unwrap();
        let (key, name): (String, String) =
            db().query_row("SELECT key, name FROM upload", (), |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
        format!("/bucket/dp/{key}?uploadId={name}")
    };
    assert_eq!(request(server.1, "DELETE", &interrupt(), b"").0, 204);
    sent.lock().unwrap().clear();
    open.store(true, SeqCst);
    fix.ok(["distribute", "P", "--dp", "S3"]);
    let mut all = std::mem::take(&mut *sent.lock().unwrap());
    all.sort_unstable();
    all.dedup();
    assert_eq!((all, known(), uploads()), (vec![1, 2, 3], 0, 0));
    assert!(problems(&fix, 0).is_empty());

    // What nobody waits for any more is given up.
    fix.ok(["withdraw", "P"]);
    open.store(false, SeqCst);
    interrupt();
    assert_eq!(uploads(), 1);
    fix.ok(["withdraw", "P"]);
    assert_eq!((known(), uploads()), (0, 0));
}

#[test]
fn a_point_is_validated_over_http_and_not_written() {
    let Some(python) = common::tool("python3") else { return };
    let Some(fix) = prepared() else { return };
    fix.ok(["dp", "add", "Folder", "dp"]);
    fix.ok(["distribute", "P", "--dp", "Folder"]);
    let port = free_port();
    let mut command = Command::new(python);
    let folder = fix.dir().join("dp");
    command.args(["-m", "http.server", &port.to_string(), "--bind", "127.0.0.1", "--directory"]).arg(&folder);
    let server = serve(command, port);
    fix.ok(["dp", "add", "Web", &format!("http://127.0.0.1:{}", server.1)]);
    let validate = |code| fix.run(["validate", "P", "--dp", "Web"]).expect(code)["validations"][0].clone();
    assert!(validate(0)["problems"].as_array().unwrap().is_empty());
    fix.fails(1, ["distribute", "P", "--dp", "Web"], "only be read");
    let hex = wimwright::base::sha256(b"bcd").to_string();
    fs::write(folder.join("content").join(&hex[..4]).join(&hex), "bad").unwrap();
    assert_eq!(validate(1)["problems"][0]["path"], "boot/bcd");
}
